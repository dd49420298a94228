"""Every screen of the addon opened, typed into and pressed as each role.

One company in English, two in Chinese; whatever isn't a sentence is a fault.
"""

from odoo.tests import tagged

from ..counts import tell
from .screens_common import MODULE, SESSIONS
from .screens_press import FORGED, NUMBER_TEXTS, SENT, TYPED, ScreensPress


@tagged("post_install", "-at_install")
class TestScreens(ScreensPress):
    def setUp(self):
        super().setUp()
        self.typed = set()

    def test_menus_and_actions_open(self):
        """As menus do: all views of the action, a search, and a new record."""
        opened = 0
        for session in SESSIONS:
            env, who = self._become(*session), "/".join(map(str, session))
            for name, action in self._find_own("ir.actions.act_window").items():
                if not env[action.res_model].has_access("read"):
                    continue
                what = f"action {name}"
                with self._trying(what, who):
                    opened += 1
                    self._open_action(env, self._read_action(env, name), what, who)
                with self._trying(f"{what}: search", who):
                    records = env[action.res_model]
                    if not records._transient:
                        records.search_fetch([], ["display_name"], limit=5)
                with self._trying(f"{what}: new", who):
                    if env[action.res_model].has_access("create"):
                        self._get_form(env, action.res_model)
        tell("Screens: %s actions opened", opened)
        self._say_faults()

    def _read_action(self, env, name):
        action = env["ir.actions.actions"]._for_xml_id(f"{MODULE}.{name}")
        action["context"] = {}
        return action

    def test_records_open(self):
        """Every form on every record that the colleague may read."""
        opened = 0
        for session in SESSIONS:
            env, who = self._become(*session), "/".join(map(str, session))
            for model, records in self.records.items():
                for record in records.with_env(env)._filtered_access("read")[:3]:
                    with self._trying(f"open {model}", who):
                        opened += 1
                        self._get_form(env, model, record=record)
        tell("Screens: %s records opened", opened)
        self.assertGreater(opened, 100)
        self._say_faults()

    def test_buttons(self):
        own, views = self._find_own_buttons(), self._find_views()
        pressed = set()
        count = 0
        for session in SESSIONS:
            env, who = self._become(*session), "/".join(map(str, session))
            offered = {}
            for view in views:
                if not env[view.model].has_access("read"):
                    continue
                for model, element in self._read_view(env, view):
                    if element.tag == "button" and element.get("type") in (
                        "object",
                        "action",
                    ):
                        key = (model, element.get("name"), element.get("context"))
                        if (
                            model.startswith(("fx.", "credit.", "customer."))
                            or key[1] in own
                        ):
                            offered[key] = element
            for (model, name, _context), element in offered.items():
                records = self.records.get(model)
                if not records:
                    continue
                records = records.with_env(env)._filtered_access("read")
                for record in records if session[1] == 1 else records[-1:]:
                    what = f"button {model}.{name}"
                    with self._trying(what, who):
                        count += 1
                        pressed.add((model, name))
                        action = self._press(env, model, record, element)
                        self._open_action(env, action, what, who)
        tell(
            "Screens: %s buttons, pressed %s times, %s went through",
            len(pressed),
            count,
            sum(self.reached.values()),
        )
        self.assertGreater(len(pressed), 40)
        self._say_faults()

    def test_nonsense(self):
        count, fields, missed = 0, set(), set()
        for session in SESSIONS:
            env, who = self._become(*session), "/".join(map(str, session))
            for model, name in sorted(self._find_typed(env)):
                records = self.records.get(model)
                if not records and model not in self.wizard_values:
                    if env[model]._fields[name]._module == MODULE:
                        missed.add((model, name))
                    continue
                fields.add((model, name))
                record = records and records.with_env(env)._filtered_access("read")[:1]
                for value in self._get_nonsense(env, model, name):
                    count += self._type(env, who, model, name, record, value)
        tell("Screens: %s fields, typed into %s times", len(fields), count)
        self.assertGreater(len(fields), 40)
        self.assertFalse(missed, "There is no record to type into")
        self._say_faults()

    def _get_nonsense(self, env, model, name):
        """All of it once; each further colleague types one word of it.

        Odoo's own numbers meet what a browser sends, the addon's whatever comes.
        """
        field = env[model]._fields[name]
        words = SENT.get(field.type, TYPED)
        if field._module == MODULE and field.type in SENT:
            words += FORGED
        if (model, name) in self.typed:
            return words[-1:]
        self.typed.add((model, name))
        return words

    def _type(self, env, who, model, name, record, value):
        """On a new form, on one that is there, and in what is saved."""
        tried = 0
        what = f"{model}.{name} = {value!r:.12}"
        if env[model].has_access("create"):
            tried += 2
            with self._trying(f"{what} in a new form", who):
                env[model].onchange({name: value}, [name], {name: {}})
            with self._trying(f"{what} created", who):
                vals = self.wizard_values.get(model)
                if vals is None:
                    vals = self.records[model][:1].with_env(env).copy_data()[0]
                env[model].create({**vals, name: value})
        if record and env[model].has_access("write"):
            tried += 2
            with self._trying(f"{what} in a form", who):
                record.onchange({name: value}, [name], {name: {}})
            with self._trying(f"{what} written", who):
                record.write({name: value})
                record.web_read({name: {}})
        return tried

    def _find_typed(self, env):
        """:return: {(model, field)} of the numbers that a colleague can type"""
        found = set()
        for view in self._find_views().filtered(lambda v: v.type in ("form", "list")):
            if not env[view.model].has_access("read"):
                continue
            for model, element in self._read_view(env, view):
                name = element.get("name")
                field = element.tag == "field" and env[model]._fields.get(name)
                if not field or self._is_out_of_reach(element):
                    continue
                typed = field.type in SENT or name in NUMBER_TEXTS
                if typed and (not field.readonly or element.get("readonly")):
                    found.add((model, name))
        return found

    def _is_out_of_reach(self, element):
        """:return: whether nobody types there: cards are read, places in a list are
        dragged"""
        if any(above.tag == "kanban" for above in element.iterancestors()):
            return True
        hidden = ("readonly", "invisible", "column_invisible")
        return element.get("widget") == "handle" or any(
            element.get(modifier) in ("1", "True") for modifier in hidden
        )
