"""All that is wrong with a row is said at once."""

import io

import openpyxl

from odoo.tests import tagged

from .history_common import HistoryCommon

HEAD = (
    *("Customer", "Invoice No", "Due Date", "Currency", "Open Amount", "Status"),
    "Payment Terms",
)


@tagged("post_install", "-at_install")
class TestAllErrorsOfARow(HistoryCommon):
    def _list_lines(self, *rows, head=HEAD, **values):
        """:return: (import, [lines of the reason of each row])"""
        record = self._check_whole([head, *rows], **values)
        return record, [(row.message or "").split("\n") for row in record.row_ids]

    def test_an_item_names_each_cell(self):
        record, [lines] = self._list_lines(
            ("Nobody", "", "", "XQX", "12", "purple", "when it rains")
        )
        self.assertEqual(record.row_ids.state, "error")
        self.assertEqual(
            [line.partition(":")[0] for line in lines],
            ["F2", "D2", "No document number.", "A2"],
        )

    def test_terms_and_rates_are_among_them(self):
        _record, [lines] = self._list_lines(
            ("Atacama Minerals", "", "", "USD", "12", "purple", "when it rains")
        )
        self.assertEqual(
            [line.partition(":")[0] for line in lines],
            ["F2", "No document number.", "G2"],
        )

    def test_what_cannot_be_read_comes_with_the_rest(self):
        record, [lines] = self._list_lines(
            ("Nobody", "1", "32.13.2026", "XQX", "twelve", "", "")
        )
        self.assertEqual(
            sorted(line[:2] for line in lines), ["A2", "C2", "D2", "E2"], lines
        )
        self.assertFalse([line for line in lines if "No amount" in line])
        book = openpyxl.load_workbook(io.BytesIO(record._make_rows_workbook()))
        reason = book.active.cell(2, 1).value
        for title in ("Customer", "Due Date", "Currency", "Open Amount"):
            self.assertIn(f"{title}: ", reason)

    def test_a_customer_names_each_cell(self):
        head = ("Customer", "Email", "Country", "Currency", "Payment Terms", "VAT")
        record, [first, good] = self._list_lines(
            ("Delta Glass", "no at", "Atlantis", "XQX", "when it rains", ""),
            ("Elbe Ships", "a@elbe.example", "Germany", "EUR", "", ""),
            head=head,
            kind="customers",
        )
        self.assertEqual([line[:2] for line in first], ["B2", "D2", "C2", "E2"])
        self.assertEqual(record.row_ids.mapped("state"), ["error", "create"], good)

    def test_a_past_order_and_a_note_do_so_too(self):
        head = ("Customer", "Order No", "Date", "Amount", "Currency", "Status")
        _record, [lines] = self._list_lines(
            ("Nobody", "", "2026-01-01", "5", "XQX", "purple"), head=head, kind="past"
        )
        self.assertEqual(len(lines), 4, lines)
        _record, [lines] = self._list_lines(
            ("Nobody", "2099-01-01", "Called"),
            head=("Customer", "Date", "Note"),
            kind="notes",
        )
        self.assertEqual([line[:2] for line in lines], ["A2", "B2"])

    def test_a_row_with_errors_brings_no_customer_into_the_file(self):
        record, _lines = self._list_lines(
            ("Delta Glass", "1", "", "XQX", "5", "", ""),
            ("Delta Glass", "2", "", "USD", "6", "", ""),
            create_customers=True,
        )
        bad, good = record.row_ids
        self.assertEqual((bad.state, good.state), ("error", "create"))
        self.assertEqual(good.head_id, good)

    def test_a_sum_is_still_left_out(self):
        record, _lines = self._list_lines(
            ("Atacama Minerals", "1", "2026-07-01", "USD", "5", "", ""),
            ("Total", "", "", "", "5", "", ""),
        )
        self.assertEqual(record.row_ids.mapped("state"), ["create", "skip"])
