"""Opening, typing and pressing as the web client does it, and undoing it again."""

import contextlib
import traceback

import psycopg2
from lxml import etree

from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import call_kw
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from .screens_common import MODULE, VIEW_TAGS
from .screens_data import ScreensData

#: what a browser can send for a number ...
SENT = {
    "integer": (0, -1, 2**31 - 1),
    "float": (0, -1, 1e-30, 1e14, 1e30, -1e30),
    "monetary": (0, -1, 1e-30, 1e14, 1e30, -1e30),
}
#: ... and what reaches a server that isn't asked by one
FORGED = (2**31, float("nan"), float("inf"), "abc")
#: what can be typed into a text that holds a number
TYPED = (
    "abc",
    "",
    "0",
    "-1",
    "1e30",
    "nan",
    "1,2",
    "１．２",
    "9" * 30,
    "0." + "0" * 30,
)
#: texts that hold a number
NUMBER_TEXTS = {"quoted_rate", "forward_points", "spot_quoted"}


class _Undone(Exception):
    pass


class ScreensPress(ScreensData):
    def setUp(self):
        super().setUp()
        self.faults = {}
        self.reached = {}
        #: dialogs that were opened: {model: (context, id of the view)}
        self.wizards = {}

    @contextlib.contextmanager
    def _trying(self, what, who):
        """Note anything but a sentence as a fault; nothing that was done stays."""
        try:
            with contextlib.suppress(_Undone), self.env.cr.savepoint():
                yield
                self.env.flush_all()
                self.reached[what] = self.reached.get(what, 0) + 1
                raise _Undone
        except (UserError, RedirectWarning) as sentence:
            said = str(sentence.args and sentence.args[0] or "").strip()
            if not said:
                self._note(what, who, "an empty sentence")
        except psycopg2.IntegrityError as error:
            # what retrying() makes of it, were it asked by RPC
            if not error.diag.constraint_name and not error.diag.column_name:
                self._note(what, who, error)
        except Exception as error:  # whatever it is, a colleague would see it
            self._note(what, who, error)

    def _note(self, what, who, error):
        where = ""
        if isinstance(error, Exception):
            frames = traceback.extract_tb(error.__traceback__)
            ours = [f for f in frames if f"/{MODULE}/models" in f.filename] or frames
            where = f" at {ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}"
        fault = f"{what}: {type(error).__name__} {str(error)[:160]!r}{where}"
        self.faults.setdefault(fault, []).append(who)

    def _say_faults(self):
        self.assertFalse(
            self.faults,
            "\n"
            + "\n".join(f"{k} [{', '.join(v[:4])}]" for k, v in self.faults.items()),
        )

    # === OPENING === #

    def _get_form(self, env, model, context=None, view=False, record=None):
        records = env[model].with_context(**(context or {}))
        return Form(record.with_env(records.env) if record else records, view or None)

    def _open_action(self, env, action, what, who):
        """Open what a button or a menu answered with, as the client does."""
        if not isinstance(action, dict):
            return
        if action.get("type") != "ir.actions.act_window":
            return
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, dict(env.context))
        context = {k: v for k, v in context.items() if k not in ("lang", "uid")}
        model = action["res_model"]
        modes = (action.get("view_mode") or "list,form").split(",")
        views = action.get("views") or [
            (action.get("view_id") or False, m) for m in modes
        ]
        views = [(view[0] if view else False, kind) for view, kind in self._pair(views)]
        env[model].with_context(**context).get_views(views)
        if action.get("target") != "new":
            return
        if not env[model].has_access("create") or action.get("res_id"):
            return
        self.wizards[model] = (context, dict((k, v) for v, k in views).get("form"))
        self._get_form(env, model, context)

    @staticmethod
    def _pair(views):
        for view, kind in views:
            yield (view if isinstance(view, tuple | list) else [view]), kind

    # === WHAT A VIEW OFFERS === #

    def _read_view(self, env, view):
        """Yield (model, element) of a view as this colleague gets it."""
        arch = env[view.model].get_view(view.id, view.type)["arch"]
        yield from self._walk(env, etree.fromstring(arch), view.model)

    def _walk(self, env, node, model):
        for child in node:
            if not isinstance(child.tag, str):
                continue
            if node.tag == "field" and child.tag in VIEW_TAGS:
                field = env[model]._fields.get(node.get("name"))
                yield from self._walk(env, child, field.comodel_name)
                continue
            yield model, child
            yield from self._walk(env, child, model)

    @classmethod
    def _find_own_buttons(cls):
        """:return: {name of a method or id of an action} that the addon's views name"""
        names = set()
        for view in cls._find_own("ir.ui.view").values():
            for node in etree.fromstring(view.arch_db).iter("button"):
                names.add(node.get("name"))
            for node in etree.fromstring(view.arch_db).iter("attribute"):
                names.discard(node.get("name"))
        return names - {None}

    def _press(self, env, model, record, button):
        """:return: the action that the client would open next"""
        context = button.get("context") or "{}"
        values = dict.fromkeys(env[model]._fields, False)
        evaluated = safe_eval(
            context, {**values, **env.context, "id": record.id, "context": {}}
        )
        if button.get("type") == "action":
            # as the client loads it by its number: any action may be opened
            base = env["ir.actions.actions"].sudo().browse(int(button.get("name")))
            action = env[base.type].sudo().browse(base.id)._get_action_dict()
            active = {"active_id": record.id, "active_ids": record.ids}
            active["active_model"] = model
            text = action.get("context") or "{}"
            action["context"] = {
                **active,
                **safe_eval(text, {**env.context, **active}),
                **evaluated,
            }
            return action
        args = [record.ids]
        kwargs = {"context": {**env.context, **evaluated}}
        return call_kw(env[model], button.get("name"), args, kwargs)
