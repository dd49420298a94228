"""Every domain, context and modifier of every screen names what its reader gets.

A browser evaluates them with the fields that are in the view for this user, and stops
at any other name. Odoo's own check of views takes a field of a group for present, and
looks at no default domain of a field that is only readonly in Python.
"""

import ast
import functools
import re

from lxml import etree

from odoo.tests import tagged

from ..counts import tell
from .screens_common import SESSIONS, VIEW_TAGS, ScreensCommon

MODIFIERS = ("invisible", "readonly", "required")

#: what the browser's Python knows (web/static/src/core/py_js/py_builtin.js)
KNOWN = {
    *("True", "False", "None", "true", "false"),
    *("bool", "set", "max", "min", "time", "datetime", "relativedelta"),
    *("context_today", "current_date", "today", "now"),
}
#: what a record of a view is evaluated with besides its fields
SESSION = {"context", "uid", "allowed_company_ids", "current_company_id"}
#: what an action is opened with besides the session
ACTIVE = {"active_id", "active_ids", "active_model", "lang", "tz"}
#: fails where the field is missing, unless the same condition asks for it first
KANBAN_RECORD = re.compile(r"\brecord\.(\w+)\.\w")

#: the views that show an amount beside its currency
SHOW_AMOUNTS = ("form", "list", "kanban")
CURRENCY_OPTION = re.compile(r"""["']currency_field["']\s*:\s*["'](\w+)["']""")


@functools.cache
def names_of(expression):
    """:return: the names that an expression takes from outside; of a parent's record
    with the field, as ``parent.currency_id``"""
    found = set()
    tree = ast.parse(expression.strip(), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "parent":
                found.add(f"parent.{node.attr}")
        elif isinstance(node, ast.Name) and node.id != "parent":
            found.add(node.id)
    return frozenset(found - KNOWN)


class Level:
    """A view or subview: its fields, and the view around it."""

    def __init__(self, env, node, model, parent=None):
        self.env, self.node, self.model, self.parent = env, node, model, parent
        self.elements = list(self._walk(node))
        self.fields = {e.get("name") for e in self.elements if e.tag == "field"}
        self.described = env[model].fields_get(
            attributes=["currency_field", "domain", "readonly", "relation", "type"]
        )

    def _walk(self, node):
        """The elements of this view, without those of its subviews."""
        for child in node:
            if not isinstance(child.tag, str):
                continue
            if child.tag in VIEW_TAGS and node.tag == "field":
                continue
            yield child
            yield from self._walk(child)

    def find_faults(self):
        """:return: (number of expressions, [what is missing])"""
        count, faults = 0, self._find_amounts_without_currency()
        for element, attribute, expression, names in self._list_expressions():
            count += 1
            try:
                missing = {n for n in names_of(expression) if not self._has(n, names)}
            except SyntaxError:
                missing = {"(no expression)"}
            if missing:
                faults.append(
                    f"{self.model} {self.node.tag} <{element.tag} "
                    f"{element.get('name')}> {attribute}={expression}: "
                    f"{', '.join(sorted(missing))}"
                )
        for element in self.elements:
            for child in element if element.tag == "field" else ():
                if child.tag in VIEW_TAGS:
                    relation = self.described[element.get("name")]["relation"]
                    below = Level(self.env, child, relation, self).find_faults()
                    count, faults = count + below[0], faults + below[1]
        return count, faults

    def _find_amounts_without_currency(self):
        """The amounts whose currency isn't in the view: a browser shows them bare.
        Some of Odoo's own do so; those of the addon don't."""
        faults = []
        for element in self.elements:
            described = self.described.get(element.get("name"), {})
            if element.tag != "field" or described.get("type") != "monetary":
                continue
            field = self.env[self.model]._fields[element.get("name")]
            ours = field._module == "multicurrency_crm"
            if not ours and element.get("widget") not in (
                "coded_monetary",
                "typed_monetary",
            ):
                continue
            options = CURRENCY_OPTION.search(element.get("options") or "")
            name = options[1] if options else described["currency_field"]
            if self.node.tag in SHOW_AMOUNTS and name not in self.fields:
                faults.append(
                    f"{self.model} {self.node.tag} <field {element.get('name')}> "
                    f"without {name}"
                )
        return faults

    def _has(self, name, names):
        if not name.startswith("parent."):
            return name in names
        field = name.partition(".")[2]
        return self.parent is not None and (
            field == "id" or field in self.parent.fields
        )

    def _list_expressions(self):
        """Yield (element, attribute, expression, names that it may use)."""
        record = self.fields | SESSION | {"id"}
        search = self.node.tag == "search"
        here = SESSION | ACTIVE if search else record
        for element in [self.node, *self.elements]:
            for attribute, expression in element.attrib.items():
                if attribute in ("filter_domain",):
                    yield element, attribute, expression, SESSION | {"self"}
                elif attribute == "column_invisible":
                    # of a list as a whole, not of one of its rows
                    yield element, attribute, expression, SESSION
                elif (
                    attribute in (*MODIFIERS, "domain", "context")
                    or attribute.startswith("decoration-")
                ) and expression:
                    names = here
                    if search and element.tag == "field" and attribute == "context":
                        names = here | {"self"}
                    yield element, attribute, expression, names
                elif attribute.startswith("t-"):
                    for name in KANBAN_RECORD.findall(expression):
                        if f"record.{name} and" in expression:
                            continue
                        yield element, attribute, name, self.fields | {"id"}
            if element.tag == "field" and not search:
                domain = self._get_default_domain(element)
                if domain:
                    yield element, "its own domain", domain, record

    def _get_default_domain(self, element):
        """The domain of the field itself, where somebody may choose a value."""
        described = self.described.get(element.get("name")) or {}
        if element.get("domain") or not isinstance(described.get("domain"), str):
            return None
        readonly = element.get("readonly") or str(described.get("readonly", False))
        if readonly in ("1", "True") or not self._is_editable():
            return None
        return described["domain"]

    def _is_editable(self):
        node = self.node
        if node.tag == "list":
            return bool(node.get("editable") or node.get("multi_edit"))
        return node.tag == "form"


@tagged("post_install", "-at_install")
class TestExpressions(ScreensCommon):
    sessions = SESSIONS
    #: views that are opened at least
    least = 1000

    def _open(self, env, model, views):
        found = env[model].get_views(views)["views"]
        for view in found.values():
            yield etree.fromstring(view["arch"])

    def _list_views(self):
        """:return: [(model, (view, type))] of the addon and of its actions"""
        View = self.env["ir.ui.view"]
        asked = [(v.model, v.id, v.type) for v in self._find_views()]
        for action in self._find_actions():
            search = (action.search_view_id.id, "search")
            for view, kind in [*action.views, search]:
                view = view or View.default_view(action.res_model, kind)
                asked.append((action.res_model, view, kind))
        return [(model, (view, kind)) for model, view, kind in dict.fromkeys(asked)]

    def _find_faults(self, env, listed):
        """:return: (views, expressions, {what is missing}) of a colleague"""
        opened, count, faults = 0, 0, set()
        for model, view in listed:
            if not env[model].has_access("read"):
                continue
            for node in self._open(env, model, [view]):
                opened += 1
                number, found = Level(env, node, model).find_faults()
                count, faults = count + number, faults | set(found)
        return opened, count, faults

    def test_15_3_1_every_name_is_there_for_every_role(self):
        opened, count, faults = 0, 0, {}
        listed = self._list_views()
        for session in self.sessions:
            views, number, found = self._find_faults(self._become(*session), listed)
            opened, count = opened + views, count + number
            for fault in found:
                faults.setdefault(fault, []).append("/".join(map(str, session)))
        tell("Screens: %s views, %s expressions", opened, count)
        self.assertGreater(opened, self.least)
        self.assertFalse(faults, "\n".join(f"{k} {v}" for k, v in faults.items()))

    def test_15_3_1_actions_name_what_an_action_has(self):
        for name, action in self._find_own("ir.actions.act_window").items():
            for expression in (action.domain or "[]", action.context or "{}"):
                with self.subTest(action=name, expression=expression):
                    self.assertLessEqual(
                        names_of(expression), SESSION | ACTIVE | {"self"}
                    )


@tagged("post_install", "-at_install")
class TestSmallExpressions(TestExpressions):
    """The same views in a database that uses no feature, without their parts."""

    sessions = [session for session in SESSIONS if session[1] == 1]
    least = 500

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_features(False)


@tagged("post_install", "-at_install")
class TestViewsAreQuick(ScreensCommon):
    def test_lists_have_few_attributes(self):
        """Odoo's grammar of lists tries their attributes in each order: every one more
        multiplies the time, and thirteen took over a minute of an installation."""
        for view in self._find_own("ir.ui.view").values():
            root = etree.fromstring(view.arch_db or "<none/>")
            for node in root.iter("list"):
                with self.subTest(view=view.xml_id):
                    self.assertLessEqual(len(node.attrib), 10)
