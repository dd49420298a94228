"""A list that a spreadsheet program of another country has opened and saved: what fits
its own way became days and numbers, the rest stayed texts."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers.spreadsheets import Unreadable, day_of, number_of
from .files_common import table_of, xlsx


def read(kind, *cells):
    """:return: what a column of a workbook is read as, None where it can't be"""
    table = table_of(xlsx(["Name", kind], *[["A", cell] for cell in cells]))
    evidence = table.columns[1].evidence
    found = []
    for row in table.rows():
        if kind == "Due":
            value = day_of(evidence.dates, row.cells[1])
        else:
            value = number_of(evidence.numbers, row.cells[1])
        found.append(None if isinstance(value, Unreadable) else value)
    return found


def day(text):
    """:return: a date"""
    return datetime.date.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestMixedDays(BaseCase):
    """05/03/2026 became 3 May, 25/03/2026 stayed a text."""

    def test_days_that_may_be_turned_round_are_errors(self):
        for text in ("25/03/2026", "25-03-2026", "03/25/2026"):
            found = read("Due", day("2026-05-03"), text, day("2026-07-08"))
            self.assertEqual(found, [None, day("2026-03-25"), None], text)

    def test_so_are_moments(self):
        moment = datetime.datetime(2026, 5, 3, 10, 30)
        self.assertIsNone(read("Due", moment, "25/03/2026")[0])

    def test_what_is_the_same_both_ways_is_read(self):
        self.assertEqual(
            read("Due", day("2026-05-05"), "25/03/2026"),
            [day("2026-05-05"), day("2026-03-25")],
        )

    def test_a_day_after_the_12th_shows_that_days_were_typed_as_such(self):
        cells = (day("2026-05-03"), day("2026-05-31"), "25/03/2026")
        self.assertNotIn(None, read("Due", *cells))

    def test_texts_that_every_program_reads_alike_prove_nothing(self):
        for text in ("2026-03-25", "25.03.2026", "25 Mar 2026", "2026年3月25日"):
            found = read("Due", day("2026-05-03"), text)
            self.assertEqual(found, [day("2026-05-03"), day("2026-03-25")], text)

    def test_the_error_says_both_readings(self):
        table = table_of(
            xlsx(["Name", "Due"], ["A", day("2026-05-03")], ["B", "25/03/2026"])
        )
        [first, _second] = table.rows()
        value = day_of(table.columns[1].evidence.dates, first.cells[1])
        self.assertIn("2026-05-03 or 2026-03-05", str(value.remark))


@tagged("post_install", "-at_install")
class TestMixedNumbers(BaseCase):
    """1.234 became one and some, 1.234,50 stayed a text."""

    def test_numbers_that_may_be_others_are_errors(self):
        found = read("Amount", 1.234, "1.234,50", 1250, 0, 5)
        self.assertEqual(found, [None, Decimal("1234.50"), None, 0, 5])
        found = read("Amount", 1.234, "1,234.50", 500)
        self.assertEqual(found, [None, Decimal("1234.50"), 500])

    def test_cents_show_that_numbers_were_typed_as_such(self):
        self.assertNotIn(None, read("Amount", 1.234, "1.234,50", 12.5, 1250))

    def test_so_does_a_text_with_cents_that_the_program_would_have_read(self):
        self.assertNotIn(None, read("Amount", 1250, "1.234,50", "12,50"))

    def test_texts_without_thousands_prove_nothing(self):
        self.assertNotIn(None, read("Amount", 1250, "12,50", 1.234))
        self.assertNotIn(None, read("Amount", 1250, "1234.50", 77))
