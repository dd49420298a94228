"""Sheets of customers lose nothing on the way through a file."""

import csv
import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....engine.history_fields import KINDS, NUMBERS, match_columns
from ....engine.history_templates import list_template
from ....providers.spreadsheets import (
    identifier_of,
    number_of,
    open_book,
    read_table,
)

#: Fields that are read as what they are called by.
NAMES = ("ref", "vat", "phone", "contact_phone", "zip")
FIELDS = KINDS["customers"]

letters = st.text(
    "abcXYZäöñçßÅ中文公司宁波ひらЖя'&.,;-()/ 0123456789\"", min_size=1, max_size=20
)
texts = letters.map(lambda text: " ".join(text.split())).filter(
    lambda text: any(map(str.isalpha, text))
)
codes = st.from_regex(r"0?[0-9]{1,18}|[A-Z]{1,3}-[0-9]{1,6}", fullmatch=True)
phones = st.from_regex(
    r"\+[1-9][0-9]{0,2} [0-9]{3} [0-9]{4,7}|0[0-9]{9,11}", fullmatch=True
)
amounts = st.decimals(1, 10**9, places=2).map(str)


@st.composite
def sheets(draw):
    """:return: rows of customers, {field: text}, each with a name and a code"""
    rows = []
    for _each in range(draw(st.integers(1, 8))):
        row = {"name": f"Co {draw(texts)}", "ref": draw(codes)}
        for field in draw(st.sets(st.sampled_from(FIELDS), max_size=8)):
            if field in ("ref", "vat", "zip"):
                row[field] = draw(codes)
            elif field in ("phone", "contact_phone"):
                row[field] = draw(phones)
            elif field in NUMBERS:
                row[field] = draw(amounts)
            elif field != "name":
                row[field] = draw(texts)
        rows.append(row)
    return rows


def write_csv(table, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue().encode()


def write_xlsx(table):
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in table:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestCustomerSheets(BaseCase):
    @given(sheets(), st.booleans(), st.sampled_from((",", ";", "\t", "xlsx")))
    @settings(deadline=None)
    def test_what_is_written_is_read(self, rows, is_chinese, form):
        headers = list_template("customers", is_chinese)
        table = [headers, *([row.get(name, "") for name in FIELDS] for row in rows)]
        content = write_xlsx(table) if form == "xlsx" else write_csv(table, form)
        found = read_table(open_book(content), 0)
        titles = [column.title for column in found.columns]
        self.assertEqual(match_columns("customers", titles), list(FIELDS))
        read = []
        for line in found.rows():
            self.assertIn(line.kind, ("data", "group", "continuation"), line)
            read.append(
                {
                    field: value
                    for field, column in zip(FIELDS, found.columns, strict=True)
                    if (value := self._read(field, column, line)) is not None
                }
            )
        self.assertEqual(read, rows)

    @staticmethod
    def _read(field, column, line):
        cell = line.cells[column.index]
        if field in NUMBERS:
            value = number_of(column.evidence.numbers, cell)
            return None if value is None else f"{value:.2f}"
        if field in NAMES:
            return identifier_of(cell) or None
        return None if cell is None or cell == "" else str(cell).strip()
