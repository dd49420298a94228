"""What a page opens with: its filters, and its buttons on a phone.

Odoo joins the filters of one group by OR: beside a filter that is on from the start,
one that asks for something else changes nothing that is shown. On a phone a page shows
cards in the place of its list.
"""

import re

from lxml import etree

from odoo.tests import TransactionCase, tagged

ADDON = "multicurrency_crm"
#: what a condition asks of which field, wherever its value comes from
CONDITION = re.compile(
    r"""\(\s*["']([\w.]+)["']\s*,\s*["'](=|!=|in|not in|any|<=?|>=?|i?like)["']"""
)
#: what leaves out: to press what picks, beside it, shows nothing less
LEAVES_OUT = {"!=", "not in"}
DEFAULT = re.compile(r"""["']search_default_(\w+)["']""")


def groups_of(arch):
    """:return: [[filter of a domain, …], …] as a search view joins them by OR"""
    groups = [[]]
    for node in arch:
        if node.tag == "filter" and node.get("domain"):
            groups[-1].append(node)
        elif node.tag in ("separator", "group"):
            groups.append([])
    return groups


def conditions_of(node):
    """:return: [(field, operator)] that a filter asks for"""
    domain = node.get("domain").replace("&lt;", "<").replace("&gt;", ">")
    return CONDITION.findall(domain)


def clash(default, other):
    """Whether a filter changes nothing as long as one beside it is on.

    >>> def of(domain): return etree.fromstring(f'<filter domain="{domain}"/>')
    >>> clash(of("[('state', '=', 'a')]"), of("[('state', '=', 'b')]"))
    False
    >>> clash(of("[('state', '!=', 'a')]"), of("[('state', '=', 'b')]"))
    True
    >>> clash(of("[('is_booked', '=', True)]"), of("[('kind', '=', 'b')]"))
    True
    """
    asked, besides = conditions_of(default), conditions_of(other)
    alike = {name for name, _operator in asked} == {name for name, _op in besides}
    return not alike or (len(asked) == 1 and asked[0][1] in LEAVES_OUT)


class PagesCommon(TransactionCase):
    def _find_pages(self):
        """The addon's pages of its own models: Odoo's own are as they are."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.actions.act_window")]
        )
        for action in self.env["ir.actions.act_window"].browse(ours.mapped("res_id")):
            Model = self.env.get(action.res_model)
            if Model is not None and Model._original_module == ADDON:
                yield action, Model


@tagged("post_install", "-at_install")
class TestFilters(PagesCommon):
    def test_what_is_on_leaves_the_others_something_to_do(self):
        found, seen = [], 0
        for action, Model in self._find_pages():
            names = set(DEFAULT.findall(action.context or ""))
            if not names:
                continue
            arch = Model.get_view(action.search_view_id.id or False, "search")["arch"]
            for group in groups_of(etree.fromstring(arch)):
                on = [node for node in group if node.get("name") in names]
                seen += len(on)
                found += [
                    f"{action.xml_id}: {node.get('name')} beside {default.get('name')}"
                    for default in on
                    for node in group
                    if node not in on and clash(default, node)
                ]
        self.assertGreater(seen, 10)
        self.assertFalse(found)


@tagged("post_install", "-at_install")
class TestPhones(PagesCommon):
    def test_cards_have_the_buttons_of_their_list(self):
        """What can be done without choosing a row can be done on a phone."""
        found, seen = [], 0
        for action, Model in self._find_pages():
            if not {"list", "kanban"} <= set(action.view_mode.split(",")):
                continue
            views = dict((kind, id_) for id_, kind in action.views)
            buttons = {
                kind: {
                    button.get("name")
                    for button in etree.fromstring(
                        Model.get_view(views[kind] or False, kind)["arch"]
                    ).iterfind("header/button[@display='always']")
                }
                for kind in ("list", "kanban")
            }
            seen += len(buttons["list"])
            if missing := buttons["list"] - buttons["kanban"]:
                found.append(f"{action.xml_id}: {missing}")
        self.assertGreater(seen, 3)
        self.assertFalse(found)
