"""What is in the books in another case, was merged, or stands twice in a file."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

HEADERS = ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")


@tagged("post_install", "-at_install")
class TestDoubles(HistoryCommon):
    def _invoice(self, partner, ref):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "currency_id": self.usd.id,
                "invoice_date": DAY,
                "ref": ref,
                "invoice_line_ids": [Command.create({"name": "A", "price_unit": 10.0})],
            }
        )
        invoice.action_post()
        return invoice

    def test_22_an_invoice_is_known_in_whatever_case_width_and_blanks(self):
        self._invoice(self.atacama, "Exp 7/ABC")
        name = self._invoice(self.atacama, "other").name
        texts = ("exp 7/abc", "ＥＸＰ　７/abc", " EXP  7/Abc")
        for number in (name.lower(), name, *texts):
            with self.subTest(number=number):
                row = ("Atacama Minerals", number, "2026-07-31", "USD", "10.00")
                record = self._check_whole([HEADERS, row])
                self.assertEqual(record.row_ids.state, "duplicate")
                self.assertIn("in the books", record.row_ids.message)
        for number, found in (
            (name.lower() + "1", ("create", False)),
            # blanks within tell numbers apart: somebody has to say so
            ("exp 7 /abc", ("duplicate", True)),
            ("exp7/abc", ("duplicate", True)),
        ):
            with self.subTest(number=number):
                row = ("Atacama Minerals", number, "2026-07-31", "USD", "10.00")
                row = self._check_whole([HEADERS, row]).row_ids
                self.assertEqual((row.state, row.must_choose), found)

    def _merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (source | target).ids, target
        )
        self.env.invalidate_all()

    def test_22_who_was_merged_isnt_created_again(self):
        rows = [
            HEADERS,
            ("BRK One", "B-1", "2026-07-31", "USD", "10.00"),
            ("BRK Two", "B-2", "2026-07-31", "USD", "20.00"),
        ]
        self._publish(rows, create_customers=True)
        Partner = self.env["res.partner"]
        one = Partner.search([("name", "=", "BRK One")])
        self._merge(Partner.search([("name", "=", "BRK Two")]), one)
        more = ("BRK Two", "B-3", "2026-07-31", "USD", "30.00")
        again = self._check_whole(
            [*rows, more], create_customers=True, file_name="again.csv"
        )
        states = again.row_ids.mapped("state")
        self.assertEqual(states, ["duplicate", "duplicate", "create"])
        self.assertIn("BRK One by now", again.row_ids[2].message)
        again.action_publish()
        self.assertEqual(again.state, "done", again.failure)
        self.assertFalse(Partner.search([("name", "=", "BRK Two")]))
        self.assertEqual(self._find_open(), {("BRK One", "USD"): 60.0})

    def test_22_whose_name_was_two_customers_is_asked(self):
        rows = [HEADERS, ("Atacama Minerals", "1", "2026-07-31", "USD", "10.00")]
        self._publish(rows)
        self.atacama.write({"name": "Renamed", "ref": False})
        other = self.env["res.partner"].create({"name": "Atacama Minerals"})
        rows = [HEADERS, ("Atacama Minerals", "2", "2026-07-31", "USD", "10.00")]
        self._publish(rows, file_name="two.csv")
        other.name = "Renamed, too"
        record = self._check_whole(rows, create_customers=True, file_name="three.csv")
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("Renamed or Renamed, too", record.row_ids.message)

    def test_22_a_second_balance_is_asked_about(self):
        rows = [
            ("Customer", "Account", "Currency", "Balance"),
            ("Atacama Minerals", "1122", "USD", "500.00"),
            ("Atacama Minerals", "2203", "USD", "-200.00"),
            ("Bosphorus Textiles", "1122", "USD", "70.00"),
            ("Bosphorus Textiles", "1122", "USD", "70.00"),
            ("Bosphorus Textiles", "1123", "USD", "70.00"),
        ]
        record = self._check_whole(rows, kind="balances")
        states = record.row_ids.mapped("state")
        self.assertEqual(states, ["create", "duplicate"] * 2 + ["duplicate"])
        with self.assertRaisesRegex(
            UserError, "Rows 3, 5, and 6: a document or balance"
        ):
            record.action_publish()
        record.row_ids[1].choice = "create"
        record.row_ids[3].choice = "skip"
        record.row_ids[4].choice = "create"
        self.assertEqual(record.total_ids.found, 440.0)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(
            self._find_open(),
            {
                ("Atacama Minerals Ltd.", "USD"): 300.0,
                ("Bosphorus Textiles A.S.", "USD"): 140.0,
            },
        )

    def test_22_an_instalment_is_asked_about(self):
        rows = [
            HEADERS,
            ("Atacama Minerals", "A-1", "2026-07-31", "USD", "50.00"),
            ("Atacama Minerals", "A-1", "2026-08-31", "USD", "50.00"),
            ("Oslo Salmon", "A-1", "2026-07-31", "USD", "50.00"),
            ("Oslo Salmon", "A-1", "2026-07-31", "USD", "60.00"),
        ]
        record = self._check_whole(rows, create_customers=True)
        with self.assertRaisesRegex(UserError, "Rows 3 and 5: a document or balance"):
            record.action_publish()
        record.row_ids[1].choice = "create"
        record.row_ids[3].choice = "skip"
        record.action_publish()
        self.assertEqual(
            self._find_open(),
            {("Atacama Minerals Ltd.", "USD"): 100.0, ("Oslo Salmon", "USD"): 50.0},
        )
