"""What other imports and the books have already: left out where it says the same, asked
about where it doesn't, in whatever form and spelling it is there."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")
BALANCE = ("Customer", "Currency", "Balance")
PAST = ("Customer", "Document Number", "Date", "Currency", "Amount")
WHO = "Atacama Minerals"


@tagged("post_install", "-at_install")
class TestDoublesElsewhere(HistoryCommon):
    def _item(self, number, amount, due="2026-07-31", code="USD"):
        return (WHO, number, due, code, amount)

    def _read_states(self, *rows, head=HEAD, **values):
        """:return: (import, [(state, whether somebody has to choose)])"""
        record = self._check_whole([head, *rows], file_name="later.csv", **values)
        return record, [(row.state, row.must_choose) for row in record.row_ids]

    def _refuses(self, record, *numbers):
        """It isn't published before somebody has chosen, and says so."""
        self.assertTrue(record.needs_care, record.next_step)
        self.assertIn("Choose under Do This", record.next_step)
        for number in numbers:
            self.assertIn(str(number), record.next_step)
        with self.assertRaisesRegex(UserError, "Choose under Do This"):
            record.action_publish()

    def _invoice(self, price, ref=False, day=DAY):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.atacama.id,
                "currency_id": self.usd.id,
                "invoice_date": day,
                "ref": ref,
                "invoice_line_ids": [
                    Command.create({"name": "A", "price_unit": price, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def test_22_an_item_of_another_amount_waits(self):
        self._publish([HEAD, self._item("LL1", "100.00")])
        record, found = self._read_states(
            self._item("LL1", "60.00"), self._item("LL2", "5.00")
        )
        self.assertEqual(found, [("duplicate", True), ("create", False)])
        message = record.row_ids[0].message
        self.assertIn("Brought in with open items.csv", message)
        self.assertIn("100.00", message)
        self.assertIn("60.00", message)
        self._refuses(record, 2)
        record.row_ids[0].choice = "skip"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(self._find_open(), {("Atacama Minerals Ltd.", "USD"): 105.0})

    def test_22_an_item_of_another_due_date_waits(self):
        self._publish([HEAD, self._item("LL1", "100.00")])
        _record, found = self._read_states(self._item("LL1", "100.00", "2026-08-31"))
        self.assertEqual(found, [("duplicate", True)])
        # a file that says no due date says nothing else
        _record, found = self._read_states(self._item("LL1", "100.00", ""))
        self.assertEqual(found, [("duplicate", False)])

    def test_22_what_says_the_same_is_left_out_without_a_question(self):
        rows = [self._item("S1", "1.00"), self._item("S2", "2.00")]
        self._publish([HEAD, *rows])
        record, found = self._read_states(*rows, self._item("S3", "3.00"))
        self.assertEqual(found, [("duplicate", False)] * 2 + [("create", False)])
        self.assertFalse(record.needs_care)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)

    def test_22_a_balance_of_another_amount_waits(self):
        self._publish([BALANCE, (WHO, "USD", "100.00")], kind="balances")
        record, found = self._read_states(
            (WHO, "USD", "150.00"), head=BALANCE, kind="balances"
        )
        self.assertEqual(found, [("duplicate", True)])
        self.assertTrue(record.needs_care)
        self.assertNotIn("nothing to do", record.next_step)
        _record, found = self._read_states(
            (WHO, "USD", "100.00"), head=BALANCE, kind="balances"
        )
        self.assertEqual(found, [("duplicate", False)])

    def test_22_a_past_document_of_another_amount_or_day_waits(self):
        self._publish([PAST, (WHO, "P1", "2026-02-03", "USD", "5.00")], kind="past")
        for day, amount, asked in (
            ("2026-02-03", "5.00", False),
            ("2026-02-03", "6.00", True),
            ("2026-02-04", "5.00", True),
        ):
            with self.subTest(day=day, amount=amount):
                _record, found = self._read_states(
                    (WHO, "P1", day, "USD", amount), head=PAST, kind="past"
                )
                self.assertEqual(found, [("duplicate", asked)])

    def test_22_an_invoice_of_another_amount_waits(self):
        invoice = self._invoice(95.0, "PO-5")
        for kind, head, day in (
            ("items", HEAD, "2026-07-31"),
            ("past", PAST, "2026-06-30"),
        ):
            for number in (invoice.name, "PO-5"):
                for amount, asked in (("95.00", False), ("94.00", True)):
                    row = (WHO, number, day, "USD", amount)
                    with self.subTest(kind=kind, number=number, amount=amount):
                        record, found = self._read_states(row, head=head, kind=kind)
                        self.assertEqual(found, [("duplicate", asked)])
                        self.assertIn("in the books", record.row_ids.message)

    def test_22_equal_rows_of_one_document_are_asked(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Open")
        record, found = self._read_states(
            (WHO, "L1", "2026-07-31", "USD", "100.00", "40.00"),
            (WHO, "L1", "2026-07-31", "USD", "50.00", "40.00"),
            (WHO, "L2", "2026-07-31", "USD", "100.00", "100.00"),
            (WHO, "L2", "2026-07-31", "USD", "100.00", "100.00"),
            head=head,
            open_currency="document",
        )
        self.assertEqual(found, [("create", False), ("duplicate", True)] * 2)
        self.assertIn("Rows Are", record.row_ids[1].message)
        self._refuses(record, 3, 5)
        record.rows_are = "lines"
        record.action_dry_run()
        created = record.row_ids.filtered(lambda row: row.state == "create")
        self.assertEqual(created.mapped("amount"), [80.0, 200.0])

    def test_22_a_document_that_is_open_and_paid_is_an_error(self):
        head = (*HEAD, "Status")
        rows = [
            (*self._item("R1", "100.00"), "Open"),
            (*self._item("R1", "100.00"), "Paid"),
            (*self._item("R2", "5.00"), "Open"),
            (*self._item("R2", "5.00"), "Open"),
        ]
        record, _found = self._read_states(*rows, head=head, rows_are="repeated")
        states = record.row_ids.mapped("state")
        self.assertEqual(states, ["error", "skip", "create", "skip"])
        self.assertIn("“Paid” says that nothing is open", record.row_ids[0].message)

    def test_22_a_balance_beside_items_is_asked(self):
        self._publish([HEAD, self._item("X1", "100"), self._item("X2", "10")])
        record, found = self._read_states(
            (WHO, "USD", "110.00"),
            (WHO, "EUR", "5.00"),
            ("Bosphorus Textiles", "USD", "7.00"),
            head=BALANCE,
            kind="balances",
        )
        self.assertEqual(found, [("duplicate", True)] + [("create", False)] * 2)
        self.assertIn("110.00", record.row_ids[0].message)
        self._refuses(record, 2)

    def test_22_items_beside_a_balance_are_asked(self):
        self._publish([BALANCE, (WHO, "USD", "110.00")], kind="balances")
        record, found = self._read_states(
            self._item("X1", "100"), self._item("X2", "10", code="EUR")
        )
        self.assertEqual(found, [("duplicate", True), ("create", False)])
        self._refuses(record, 2)

    def test_22_a_balance_beside_what_the_books_have_open_is_asked(self):
        self._invoice(95.0)
        record, found = self._read_states(
            (WHO, "USD", "95.00"), head=BALANCE, kind="balances"
        )
        self.assertEqual(found, [("duplicate", True)])
        self.assertIn("Open in the books on", record.row_ids.message)
        # what came after the old system was left is nothing that it knew
        record, found = self._read_states(
            (WHO, "USD", "95.00"), head=BALANCE, kind="balances", date="2026-06-01"
        )
        self.assertEqual(found, [("create", False)], record.row_ids.message)

    def test_22_of_items_and_balances_that_were_checked_one_wins(self):
        items = self._check_whole([HEAD, self._item("X1", "100")])
        balances = self._check_whole(
            [BALANCE, (WHO, "USD", "100.00")], kind="balances", file_name="b.csv"
        )
        alike = self._check_whole([HEAD, self._item("X-01", "100")], file_name="c.csv")
        items.action_publish()
        self.assertEqual(items.state, "done", items.failure)
        for record in (balances, alike):
            with (
                self.assertRaisesRegex(UserError, "brought in by somebody else"),
                self.env.cr.savepoint(),
            ):
                record.action_publish()
        items.action_undo()
        balances.action_publish()
        self.assertEqual(balances.state, "done", balances.failure)

    def test_22_a_number_that_lost_something_on_the_way_is_asked(self):
        self._publish([HEAD, self._item("00123", "10"), self._item("X-1", "100")])
        for number, code, amount, asked in (
            ("123", "USD", "10", True),
            ("123", "USD", "9", True),
            ("X1", "USD", "100", True),
            ("x 01", "USD", "100", True),
            ("X-1", "CNY", "700", True),
            # nothing like what was brought in
            ("X-1", "CNY", "70", False),
            ("X-11", "USD", "100", False),
            ("1-23", "USD", "10", False),
            ("Y1", "USD", "100", False),
        ):
            with self.subTest(number=number, code=code, amount=amount):
                record, found = self._read_states(self._item(number, amount, code=code))
                expected = ("duplicate", True) if asked else ("create", False)
                self.assertEqual(found, [expected], record.row_ids.message)
        # in one file, too
        _record, found = self._read_states(
            self._item("007", "10"), self._item("7", "10")
        )
        self.assertEqual(found, [("create", False), ("duplicate", True)])

    def test_22_an_invoice_whose_number_lost_something_is_asked(self):
        invoice = self._invoice(95.0)
        number = invoice.name.replace("/0", "/").replace("/", "-")
        self.assertNotEqual(number, invoice.name)
        record, found = self._read_states(self._item(number, "95.00"))
        self.assertEqual(found, [("duplicate", True)])
        self.assertIn(invoice.name, record.row_ids.message)

    def test_22_other_customers_may_have_the_number(self):
        self._publish([HEAD, self._item("00123", "10")])
        row = ("Bosphorus Textiles", "123", "2026-07-31", "USD", "10")
        _record, found = self._read_states(row)
        self.assertEqual(found, [("create", False)])
