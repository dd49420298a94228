"""What is said of an import, and in whose language; what stands against its date."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...engine.history_templates import get_header, list_template
from .history_common import DAY, ITEMS, HistoryCommon

BALANCES = [
    ("Customer", "Currency", "Balance"),
    ("Atacama Minerals", "USD", "1000.00"),
    ("Bosphorus Textiles", "EUR", "-75.25"),
]


@tagged("post_install", "-at_install")
class TestWordsOfImports(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search(
            [("name", "=", "multicurrency_crm")]
        )._update_translations(["zh_CN"])

    def test_22_balances_are_called_in_the_language_of_their_customer(self):
        self.finance.lang = "zh_CN"
        self.bosphorus.lang = "zh_CN"
        self.atacama.lang = "en_US"
        record = self._publish(BALANCES, kind="balances")
        self.assertEqual(record.state, "done", record.failure)
        names = {}
        for move in record.sudo().entry_ids.move_id:
            [line] = move.line_ids.filtered(
                lambda one: one.account_id.account_type == "asset_receivable"
            )
            names[line.partner_id] = (line.name, move.ref)
        self.assertEqual(names[self.atacama], ("Opening balance", "Opening items"))
        self.assertEqual(
            names[self.bosphorus],
            (
                record._get_item_name(record.row_ids[1], self.bosphorus),
                record._get_entry_reference(self.bosphorus),
            ),
        )
        self.assertNotEqual(names[self.bosphorus][0], "Opening balance")

    def test_22_an_item_is_called_as_in_the_old_system(self):
        self.atacama.lang = "zh_CN"
        record = self._publish(ITEMS[:2])
        lines = record.sudo().entry_ids.move_id.line_ids
        self.assertIn("AM-1", lines.mapped("name"))

    def test_22_an_old_system_is_left_within_a_month(self):
        record = self._check_whole(ITEMS)
        today = self.company._get_today()
        record.date = today + timedelta(31)
        for days in (32, 26_000):
            with self.subTest(days=days), self.assertRaises(ValidationError):
                record.date = today + timedelta(days)
            with self.subTest(days=days), self.assertRaises(ValidationError):
                self._load(ITEMS, date=today + timedelta(days))

    def test_22_documents_of_after_the_opening_date_are_asked_about(self):
        rows = [(*ITEMS[0], "Invoice Date"), (*ITEMS[1], str(DAY + timedelta(1)))]
        record = self._check_whole(rows)
        self.assertIn("Documents of after the opening date", record.next_step)
        self.assertIn(": 1.", record.next_step)
        self.assertFalse(record.needs_care)
        rows[1] = (*ITEMS[1], str(DAY))
        record = self._check_whole(rows)
        self.assertNotIn("Documents of after", record.next_step)

    def test_22_missing_columns_are_named_a_line_each(self):
        record = self._load([("A", "B", "C"), ("x", "y", "5")], kind="items")
        record.action_read()
        lines = record.next_step.splitlines()
        self.assertEqual(len(lines), 4, lines)
        self.assertEqual(lines[2], "• Document Number")
        with self.assertRaisesRegex(UserError, "• Document Number"):
            record.action_dry_run()

    def test_22_a_side_is_no_credit(self):
        names = dict(
            self.env["customer.import.column"]
            ._fields["field"]
            ._description_selection(self.env)
        )
        sides = (names["debit"], names["credit"])
        self.assertEqual(sides, ("Debit Side", "Credit Side"))
        self.assertEqual(self.env["customer.import"].new({}).display_name, "New Import")

    def test_22_a_template_calls_columns_as_the_screen_does(self):
        for kind, is_chinese, header in (
            ("items", True, "未结金额*"),
            ("items", True, "付款条款"),
            ("customers", True, "税号"),
            ("notes", True, "跟进人"),
            ("notes", True, "跟进内容*"),
            ("notes", False, "Author"),
            ("notes", False, "Text*"),
            ("items", False, "Open Amount*"),
        ):
            with self.subTest(kind=kind, header=header):
                self.assertIn(header, list_template(kind, is_chinese))
        self.assertEqual(get_header("owner", True), "业务员")

    def test_22_newcomers_have_no_zone_of_whoever_brings_them_in(self):
        self.finance.tz = "Asia/Shanghai"
        rows = [("Customer", "Customer Code"), ("Hellas Ferries", "HF-1")]
        record = self._load(rows, kind="customers").with_context(tz="Asia/Shanghai")
        record.action_read()
        record.action_dry_run()
        record.action_publish()
        made = self.env["res.partner"].search([("ref", "=", "HF-1")])
        self.assertEqual((len(made), made.tz), (1, False))
        self.assertFalse(made._find_zones())
        one = self._publish(
            [ITEMS[0], ("Ionian Salt", "IS-1", "", "USD", "5")], create_customers=True
        )
        self.assertEqual(one.state, "done", one.failure)
        made = self.env["res.partner"].search([("name", "=", "Ionian Salt")])
        self.assertEqual((len(made), made.tz), (1, False))
