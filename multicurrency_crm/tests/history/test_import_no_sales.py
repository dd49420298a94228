"""Payments are no sales: past documents leave them out."""

from odoo.tests import tagged

from .history_common import HistoryCommon

WHO = "Atacama Minerals"
HEAD = ("Customer", "Invoice No", "Date", "Type", "Currency", "Amount")


@tagged("post_install", "-at_install")
class TestNoSales(HistoryCommon):
    def _find(self, kinds, amount="100.00", **values):
        rows = [
            (WHO, f"D-{at}", "2025-03-01", kind, "USD", amount)
            for at, kind in enumerate(kinds)
        ]
        record = self._check_whole([HEAD, *rows], kind="past", **values)
        return [(row.state, row.amount) for row in record.row_ids]

    def test_payments_and_opening_balances_are_left_out(self):
        kinds = ("Payment", "Receipts", "预收款", "收款单", "Opening Balance", "付款单")
        self.assertEqual({state for state, _amount in self._find(kinds)}, {"skip"})

    def test_invoices_orders_and_credit_notes_count(self):
        kinds = ("Invoice", "Sales Order", "Credit Note", "红字", "Sales Receipt")
        self.assertEqual(
            self._find(kinds),
            [("create", amount) for amount in (100, 100, -100, -100, 100)],
        )

    def test_so_it_is_among_lines_of_one_document(self):
        rows = [
            HEAD,
            (WHO, "D-1", "2025-03-01", "Invoice", "USD", "60.00"),
            (WHO, "D-1", "2025-03-01", "Invoice", "USD", "40.00"),
            (WHO, "D-1", "2025-03-20", "Payment", "USD", "100.00"),
        ]
        record = self._check_whole(rows, kind="past", rows_are="lines")
        self.assertEqual(record.total_ids.found, 100.0, self._read(record))

    def test_an_amount_below_0_that_nothing_explains_is_asked_about(self):
        rows = [HEAD[:3] + HEAD[4:], (WHO, "D-1", "2025-03-01", "USD", "-5.00")]
        record = self._check_whole(rows, kind="past")
        self.assertIn("A payment doesn't", record.row_ids.message)

    def test_open_items_keep_payments(self):
        rows = [HEAD, (WHO, "P-1", "2025-03-01", "Payment", "USD", "100.00")]
        record = self._check_whole(rows, kind="items")
        self.assertEqual(record.row_ids.amount, -100.0)
