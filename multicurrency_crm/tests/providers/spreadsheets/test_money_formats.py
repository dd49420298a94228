"""Currencies that only the format of a number names."""

import io

import openpyxl
import xlwt
from openpyxl.styles.numbers import BUILTIN_FORMATS

from odoo.tests import BaseCase, tagged

from ....providers.spreadsheets import currency_mark, name_of, number_of
from ....providers.spreadsheets.money_formats import mark_of_format
from .files_common import said, table_of


def book_of(*cells):
    """:param cells: (value, format of the number)
    :return: the bytes of a workbook with these in one column
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Name", "Open"])
    for value, code in cells:
        sheet.append(["Somebody", value])
        sheet.cell(sheet.max_row, 2).number_format = code
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestMoneyFormats(BaseCase):
    def test_formats(self):
        for code, mark in (
            ("[$€-407] #,##0.00", "EUR"),
            ("#,##0.00\\ [$€-40C]", "EUR"),
            ("[$€-2]\\ #,##0.00", "EUR"),
            ('"US$"#,##0.00', "USD"),
            ('_-"US$"* #,##0.00_-;-"US$"* #,##0.00_-', "USD"),
            ("[$$-409]#,##0.00", "USD"),
            ("[$$-en-HK]#,##0.00", "HKD"),
            ("[$HK$-C04]#,##0.00", "HKD"),
            ("[$¥-804]#,##0.00", "CNY"),
            ("[$¥-411]#,##0", "JPY"),
            ("[$USD] #,##0.00", "USD"),
            ("[$USD-409]\\ #,##0.00", "USD"),
            ('#,##0.00"元"', "元"),
            ('"¥"#,##0.00', "¥"),
            ('"$"#,##0.00_);[Red]("$"#,##0.00)', "$"),
            ("\\$#,##0.00", "$"),
            ("[Red]€#,##0.00", "EUR"),
            ("[$-409]#,##0.00", ""),
            ('#,##0 "pcs"', ""),
            ('0.00;"EUR"0.00', ""),
            ('0.00" days;€"', ""),
            ("General", ""),
            ("0.0%", ""),
            ("", ""),
        ):
            with self.subTest(code):
                self.assertEqual(mark_of_format(code), mark)

    def test_cells_of_a_workbook(self):
        payload = book_of(
            (1000, "[$€-407] #,##0.00"),
            (12.5, '"US$"#,##0.00'),
            (7, "#,##0.00"),
            # what each computer shows in its own currency
            (8, BUILTIN_FORMATS[8]),
        )
        table = table_of(payload)
        cells = [row.cells[1] for row in table.rows()]
        self.assertEqual(list(map(currency_mark, cells)), ["EUR", "USD", "", ""])
        numbers = table.columns[1].evidence.numbers
        values = [str(number_of(numbers, cell)) for cell in cells]
        self.assertEqual(values, ["1000", "12.5", "7", "8"])
        self.assertEqual(str(cells[0]), "EUR 1000")
        self.assertEqual([name_of(cells[0]), name_of(cells[1])], ["1000", "12.5"])
        self.assertIn("currency_marks", said(table.remarks))

    def test_cells_of_an_old_workbook(self):
        book = xlwt.Workbook()
        sheet = book.add_sheet("Items")
        for column, title in enumerate(("Name", "Open")):
            sheet.write(0, column, title)
        codes = ("[$€-407] #,##0.00", '"US$"#,##0.00', "0.00", '"$"#,##0_);("$"#,##0)')
        for row, code in enumerate(codes, 1):
            sheet.write(row, 0, "Somebody")
            sheet.write(row, 1, 10.5, xlwt.easyxf(num_format_str=code))
        file = io.BytesIO()
        book.save(file)
        marks = [
            currency_mark(row.cells[1]) for row in table_of(file.getvalue()).rows()
        ]
        self.assertEqual(marks[:3], ["EUR", "USD", ""])
