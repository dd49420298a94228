"""What is read at a glance: amounts whole and with their codes, one name for one thing,
a filter for each state."""

from pathlib import Path

from lxml import etree

from odoo.tests import TransactionCase, tagged

VIEWS = Path(__file__).parents[2] / "views"
#: whose views are walked
ROOMS = ("payment", "collection")
#: {model: field of which each value has a filter}
FILTERED = {
    "payment.plan": "state",
    "payment.promise": "state",
    "collection.letter": "state",
    "collection.run": "state",
    "collection.today": "reason",
}


@tagged("post_install", "-at_install")
class TestReadable(TransactionCase):
    def _walk(self, path):
        """Every element of the rooms' views that a path finds: (file, element)."""
        for room in ROOMS:
            for file in sorted((VIEWS / room).glob("*.xml")):
                for node in etree.parse(str(file)).iterfind(path):
                    yield f"{room}/{file.name}:{node.sourceline}", node

    def test_an_amount_on_a_card_isnt_torn_apart(self):
        path = ".//kanban//templates//field[@widget='coded_monetary']"
        found = list(self._walk(path))
        self.assertGreater(len(found), 8)
        for where, node in found:
            classes = " ".join(
                one.get("class", "") for one in (node, *node.iterancestors())
            )
            with self.subTest(where):
                self.assertIn("text-nowrap", classes.split())

    def test_several_currencies_arent_added_up(self):
        """Odoo converts such totals at a rate of today that nobody named."""
        lists = [
            (where, node)
            for where, node in self._walk("./record/field[@name='arch']/list")
            if node.find("field[@widget='coded_monetary']") is not None
        ]
        self.assertGreater(len(lists), 5)
        for where, node in lists:
            with self.subTest(where):
                self.assertEqual(node.get("js_class"), "one_currency_list")
        for where, node in self._walk(".//pivot"):
            with self.subTest(where):
                self.assertEqual(node.get("js_class"), "coded_pivot")

    def test_each_state_and_reason_has_a_filter(self):
        for model, name in FILTERED.items():
            arch = self.env[model].get_view(view_type="search")["arch"]
            domains = " ".join(
                node.get("domain", "") for node in etree.fromstring(arch).iter("filter")
            )
            field = self.env[model]._fields[name]
            for value, label in field._description_selection(self.env):
                with self.subTest(model=model, value=label):
                    self.assertIn(f"'{value}'", domains)

    def test_a_column_is_called_as_its_group(self):
        for model in FILTERED:
            arch = self.env[model].get_view(view_type="search")["arch"]
            for node in etree.fromstring(arch).iter("filter"):
                if node.get("context") == "{'group_by': 'state'}":
                    label = self.env[model]._fields["state"].string
                    self.assertEqual(node.get("string"), label, model)

    def test_ticking_is_called_so(self):
        buttons = list(self._walk(".//button[@name='action_tick']"))
        self.assertGreater(len(buttons), 4)
        for where, node in buttons:
            with self.subTest(where):
                self.assertEqual(node.get("string") or node.text, "Tick")

    def test_what_is_added_on_the_telephone_is_named(self):
        for view, name in (
            ("sale_order_view_form_payment_plan", "payment_plan_ids"),
            ("payment_plan_template_view_form", "line_ids"),
        ):
            arch = self.env.ref(f"multicurrency_crm.{view}").arch_db
            node = etree.fromstring(arch).find(f".//field[@name='{name}']")
            self.assertEqual(node.get("add-label"), "Add an instalment")
