"""Cells without a value are no names."""

from odoo.tests import tagged

from ..providers.spreadsheets.files_common import rezipped, xlsx
from .history_common import HistoryCommon

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")
DUE = "2026-07-31"


@tagged("post_install", "-at_install")
class TestCellsWithoutValue(HistoryCommon):
    def _judge(self, *rows, change=None, as_csv=False, **values):
        content = [HEAD, *rows] if as_csv else xlsx(HEAD, *rows)
        if change:
            content = rezipped(content, {"xl/worksheets/sheet1.xml": change})
        values = {"create_customers": True, "file_name": "a.xlsx", **values}
        record = self._check_whole(content, **values)
        return [(row.state, row.message or "") for row in record.row_ids]

    def test_a_formula_without_a_result_is_no_customer_and_no_number(self):
        found = self._judge(
            ('="Delta "&"Glass"', '="D-"&1', DUE, "USD", 10.0),
            ("Delta Glass", '="D-"&2', DUE, "USD", 10.0),
            ("Delta Glass", "D-3", DUE, "USD", 10.0),
        )
        self.assertEqual([state for state, _said in found], ["error"] * 2 + ["create"])
        self.assertIn("A2: ", found[0][1])
        self.assertIn("B2: ", found[0][1])
        self.assertIn("no result", found[1][1])

    def test_an_error_of_a_formula_is_no_name(self):
        for text in ("#N/A", "#REF!", "#DIV/0!", "#NAME?", "####"):
            found = self._judge(
                (text, "D-1", DUE, "USD", "10.00"),
                ("Delta Glass", text, DUE, "USD", "10.00"),
                ("Delta Glass", "D-3", DUE, "USD", "10.00"),
                as_csv=True,
                file_name="a.csv",
            )
            states = [state for state, _said in found]
            self.assertEqual(states, ["error", "error", "create"], text)
        found = self._judge(("Delta Glass", "#N/A", DUE, "USD", 10.0))
        self.assertEqual(found[0][0], "error")

    def test_long_numbers_that_lost_digits_are_no_numbers_of_documents(self):
        found = self._judge(
            ("Delta Glass", 123456789012345678, DUE, "USD", 10.0),
            ("Delta Glass", 123456789012345, DUE, "USD", 10.0),
            ("Delta Glass", "123456789012345678", DUE, "USD", 10.0),
        )
        self.assertEqual(
            [state for state, _said in found], ["error", "create", "create"]
        )
        self.assertIn("B2: ", found[0][1])
        found = self._judge(
            ("Delta Glass", "1.23457E+17", DUE, "USD", "10.00"),
            as_csv=True,
            file_name="a.csv",
        )
        self.assertEqual(found[0][0], "error")

    def test_a_dash_is_no_number(self):
        for text in ("-", "n/a", "—"):
            found = self._judge(("Delta Glass", text, DUE, "USD", 10.0))
            self.assertEqual(found[0][0], "error", text)

    def test_a_customer_may_be_called_by_a_whole_number(self):
        record = self._check_whole(
            xlsx(HEAD, (3721.0, "D-1", DUE, "USD", 10.0)),
            create_customers=True,
            file_name="a.xlsx",
        )
        self.assertEqual(record.row_ids.name, "3721")
