"""What is open of a row is said, or asked: an empty cell, a state and a day of payment
that say another are no answer."""

from odoo.tests import tagged

from .history_common import HistoryCommon

A, B = "Atacama Minerals", "Bosphorus Textiles"
HEAD = ("Customer", "Invoice No", "Invoice Date", "Currency", "Amount", "Open")


@tagged("post_install", "-at_install")
class TestWhatIsSettled(HistoryCommon):
    def _find(self, rows, **values):
        self.record = self._check_whole(rows, **values)
        return [(row.state, row.amount) for row in self.record.row_ids]

    def test_an_empty_open_amount_is_asked(self):
        rows = [
            HEAD,
            (A, "1", "2026-06-01", "USD", "1000.00", "400.00"),
            (A, "2", "2026-06-01", "USD", "2000.00", ""),
            (A, "3", "2026-06-01", "USD", "3000.00", "-"),
            (A, "4", "2026-06-01", "USD", "500.50", "n/a"),
            (A, "5", "2026-06-01", "USD", "500.50", " - "),
            (A, "6", "2026-06-01", "USD", "500.50", "nil"),
            (A, "7", "2026-06-01", "USD", "500.50", "0.00"),
        ]
        for meant in ("document", "company"):
            with self.subTest(meant):
                found = self._find(rows, open_currency=meant)
                states = [state for state, _amount in found]
                self.assertEqual(
                    states, ["create", "error", "skip", "error", *["skip"] * 3]
                )
                self.assertIn("F3", self.record.row_ids[1].message)
                self.assertIn("enter 0", self.record.row_ids[1].message)

    def test_a_column_of_open_amounts_without_any_says_nothing(self):
        rows = [
            HEAD,
            (A, "1", "2026-06-01", "USD", "1000.00", ""),
            (A, "2", "2026-06-01", "USD", "20.00", ""),
        ]
        found = self._find(rows, kind="items")
        self.assertEqual(found, [("create", 1000.0), ("create", 20.0)])

    def test_a_balance_that_is_empty_is_asked_beside_debit_and_credit(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Debit", "Credit", "Balance"),
            (A, "1", "USD", "500", "", "500"),
            (A, "2", "USD", "70", "", ""),
        ]
        found = self._find(rows)
        self.assertEqual([state for state, _amount in found], ["create", "error"])

    def test_a_line_without_its_own_open_amount_is_open_with_its_document(self):
        rows = [
            (*HEAD, "Description"),
            (A, "1", "2026-06-01", "USD", "100.00", "150.00", "first"),
            ("", "", "", "", "50.00", "", "second"),
            (B, "2", "2026-06-01", "USD", "70.00", "70.00", "third"),
        ]
        found = self._find(rows, rows_are="lines", open_currency="document")
        self.assertEqual(found[0], ("create", 150.0), self._read(self.record))
        rows[1:3] = [
            (A, "1", "2026-06-01", "USD", "100.00", "80.00", "first"),
            (A, "1", "2026-06-01", "USD", "50.00", "", "second"),
        ]
        found = self._find(rows, rows_are="lines", open_currency="document")
        self.assertEqual(found[0][0], "error", self._read(self.record))

    def test_a_state_and_a_balance_that_contradict_are_asked(self):
        head = (*HEAD, "Status")
        rows = [
            head,
            (A, "1", "2026-06-01", "USD", "500.00", "200.00", "Paid"),
            (A, "2", "2026-06-01", "USD", "500.00", "500.00", "Closed"),
            (A, "3", "2026-06-01", "USD", "500.00", "100.00", "Written off"),
            (A, "4", "2026-06-01", "USD", "500.00", "0.00", "Paid"),
            (A, "5", "2026-06-01", "USD", "500.00", "500.00", "Void"),
            (A, "6", "2026-06-01", "USD", "500.00", "500.00", "Open"),
        ]
        found = self._find(rows, open_currency="document")
        states = [state for state, _amount in found]
        self.assertEqual(states, [*["error"] * 3, "skip", "skip", "create"])
        self.assertIn("G2", self.record.row_ids[0].message)
        # of a document of several rows, too
        rows = [
            head,
            (A, "1", "2026-06-01", "USD", "500.00", "200.00", "Paid"),
            (A, "1", "2026-06-01", "USD", "500.00", "200.00", "Paid"),
        ]
        found = self._find(rows, rows_are="repeated", open_currency="document")
        self.assertEqual(found[0][0], "error")

    def test_a_state_alone_says_that_nothing_is_open(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Status"),
            (A, "1", "2026-06-01", "USD", "500.00", "Paid"),
            (A, "2", "2026-06-01", "USD", "500.00", "Unpaid"),
        ]
        found = self._find(rows, kind="items")
        self.assertEqual([state for state, _amount in found], ["skip", "create"])

    def test_what_is_paid_after_the_opening_date_is_open_on_it(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Date Paid"),
            (A, "1", "2026-06-01", "USD", "500.00", "2026-06-30"),
            (A, "2", "2026-06-01", "USD", "60.00", "2026-07-01"),
            (A, "3", "2026-06-01", "USD", "7.00", "2027-01-15"),
            (A, "4", "2026-06-01", "USD", "8.00", ""),
        ]
        found = self._find(rows, kind="items")
        self.assertEqual([state for state, _amount in found], ["skip", *["create"] * 3])
        self.assertIn("open on it", self.record.row_ids[1].message)
        self.assertFalse(self.record.row_ids[3].message)

    def test_an_open_amount_that_is_all_of_a_foreign_one_says_its_currency(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Amount", "Open Amount"),
            (A, "1", "USD", "1200.00", "1200.00"),
            (A, "2", "EUR", "800.00", "500.00"),
        ]
        for kind in ("items", "balances"):
            with self.subTest(kind):
                found = self._find(rows, kind=kind)
                self.assertEqual(found, [("create", 1200.0), ("create", 500.0)])
        rows[1] = (A, "1", "USD", "1200.00", "100.00")
        record = self._check(rows, kind="items")
        self.assertIn("Both fit", record.failure)
