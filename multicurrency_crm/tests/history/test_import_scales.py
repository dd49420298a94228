"""Amounts in thousands, two rows of headers, and currencies that only formats name."""

import io

import openpyxl

from odoo.tests import tagged

from .history_common import HistoryCommon

ROWS = [
    ("应收账款余额表",),
    ("单位：万元",),
    ("客户名称", "币别", "期末余额"),
    ("Atacama Minerals", "USD", "1.5"),
    ("Bosphorus Textiles", "USD", "0.00015"),
]


def make_book(rows, formats=()):
    """:param formats: {(row, column): format of the number}
    :return: the bytes of a workbook
    """
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for (row, column), code in dict(formats).items():
        book.active.cell(row, column).number_format = code
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestScaledImports(HistoryCommon):
    def _list_amounts(self, record):
        return record.row_ids.filtered(lambda row: row.amount).mapped("amount")

    def test_a_title_row_says_what_amounts_count_in(self):
        record = self._check_whole(ROWS, kind="balances")
        self.assertEqual(self._list_amounts(record), [15000, 1.5])
        column = record.column_ids.filtered(lambda one: one.field == "open")
        self.assertEqual(column.scale, 10_000)
        self.assertIn("multiplied by 10,000", column.content)
        self.assertIn("10,000", record.remarks)

    def test_a_header_says_it_of_its_column(self):
        rows = [
            ("Customer", "Currency", "Balance ('000)", "Booked"),
            ("Atacama Minerals", "USD", "2.5", "17753.75"),
        ]
        record = self._check_whole(rows, kind="balances")
        self.assertEqual(self._list_amounts(record), [2500])
        self.assertEqual(record.row_ids.booked, 17753.75)

    def test_what_contradicts_is_asked(self):
        rows = [*ROWS[:2], ("客户名称", "币别", "期末余额(元)"), *ROWS[3:]]
        record = self._check(rows, kind="balances")
        self.assertEqual(record.state, "read")
        self.assertIn("Amounts Count In", record.failure)
        for choice, amount in (("header", 1.5), ("ten_thousand", 15000), ("one", 1.5)):
            with self.subTest(choice):
                record.scale = choice
                record.action_dry_run()
                self.assertEqual(self._list_amounts(record)[0], amount)

    def test_a_choice_asks_for_another_check(self):
        record = self._check_whole(ROWS, kind="balances")
        record.scale = "one"
        self.assertEqual(record.state, "read")

    def test_rows_to_mend_keep_what_they_count_in(self):
        rows = [*ROWS, ("Nobody", "USD", "2")]
        record = self._check_whole(rows, kind="balances")
        content = record._make_rows_workbook()
        head = next(openpyxl.load_workbook(io.BytesIO(content)).active.values)
        self.assertEqual(head[1:], ("客户名称", "币别", "期末余额 (万)"))
        again = self._load(content, create_customers=True)
        again.action_dry_run()
        self.assertEqual(self._list_amounts(again), [20000])

    def test_counts_and_rates_are_never_multiplied(self):
        rows = [
            ("单位：千元",),
            ("Customer", "Invoice No", "Currency", "Open Amount", "Exchange rate"),
            ("Atacama Minerals", "AM-1", "USD", "2", "7.1015"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.booked, 14203)

    def test_two_rows_of_headers(self):
        for lower, caption in (
            (("FC", "LC"), "Closing balance"),
            (("Original", "Local"), "Period end"),
        ):
            with self.subTest(caption):
                rows = [
                    ("Customer", "Currency", "Opening balance", "", caption, ""),
                    ("", "", *lower, *lower),
                    ("Atacama Minerals", "USD", 1, 7, 100, 710.15),
                    ("Bosphorus Textiles", "USD", 2, 14, 200, 1420.3),
                ]
                record = self._check_whole(make_book(rows))
                self.assertEqual(record.kind, "balances")
                self.assertEqual(
                    record.row_ids.mapped(lambda row: (row.amount, row.booked)),
                    [(100, 710.15), (200, 1420.3)],
                )

    def test_a_format_names_the_currency(self):
        rows = [
            ("Customer", "Balance"),
            ("Atacama Minerals", 100),
            ("Bosphorus Textiles", 5.5),
        ]
        formats = {(2, 2): "[$€-407] #,##0.00", (3, 2): '"US$"#,##0.00'}
        record = self._check_whole(make_book(rows, formats), kind="balances")
        self.assertEqual(
            record.row_ids.mapped("currency_id.name"), ["EUR", "USD"], record.remarks
        )
        self.assertEqual(record.row_ids[0].raw[1], "EUR 100")

    def test_a_format_that_contradicts_the_row_is_an_error(self):
        rows = [("Customer", "Currency", "Balance"), ("Atacama Minerals", "USD", 100)]
        content = make_book(rows, {(2, 3): "[$€-407] #,##0.00"})
        record = self._check_whole(content, kind="balances")
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("C2", record.row_ids.message)
