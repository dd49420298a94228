"""From quotes to rates in a company's currency."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine.calendars import Calendar, target_holidays
from ...engine.crossing import cross_quotes, get_book_day
from ...engine.errors import ConflictingQuotes
from ...engine.rates import Quote, divide

FRIDAY = datetime.date(2026, 3, 6)
EURO = Calendar("Europe/Berlin", datetime.time(16), holidays=target_holidays)
IDS = {"USD": 1, "EUR": 2, "JPY": 3, "HRK": 4}


def quote(code, figure, day=FRIDAY, **values):
    return Quote("EUR", code, Decimal(figure), 1, "foreign_per_base", day, **values)


@tagged("post_install", "-at_install")
class TestCrossing(BaseCase):
    def test_each_currency_is_crossed_once(self):
        crossed = cross_quotes([quote("USD", "1.08"), quote("CNY", "7.8")], "CNY", IDS)
        dollar = crossed.rates[1][FRIDAY]
        self.assertEqual(dollar.rate, divide(Decimal("1.08"), Decimal("7.8")))
        self.assertEqual(dollar.quoted, "1 EUR = 1.08 USD; 1 EUR = 7.8 CNY")
        self.assertEqual(crossed.rates[2][FRIDAY].quoted, "1 EUR = 7.8 CNY")
        self.assertEqual(crossed.seen, {"USD", "EUR"})
        self.assertNotIn(3, crossed.rates)

    def test_a_day_without_the_company_currency(self):
        crossed = cross_quotes([quote("USD", "1.08")], "CNY", IDS)
        self.assertEqual((crossed.rates, crossed.seen), ({}, set()))

    def test_a_currency_that_is_no_more(self):
        crossed = cross_quotes([quote("HRK", "7.5"), quote("CNY", "7.8")], "CNY", IDS)
        self.assertEqual(crossed.ended, {"HRK"})
        self.assertNotIn(4, crossed.rates)

    def test_constants_are_bridged(self):
        """A constant against the euro, where the books are in yuan."""
        bridges = {FRIDAY: {"CNY": Decimal("7.8")}}
        crossed = cross_quotes([quote("USD", "2")], "CNY", IDS, bridges=bridges)
        self.assertEqual(crossed.rates[1][FRIDAY].rate, divide(2, Decimal("7.8")))
        self.assertNotIn(2, crossed.rates, "the euro's own is in the books already")

    def test_the_day_of_the_books(self):
        monday = datetime.date(2026, 3, 9)
        published = quote("USD", "1.08")
        self.assertEqual(get_book_day(published, "same", None), FRIDAY)
        saturday = FRIDAY + datetime.timedelta(1)
        self.assertEqual(get_book_day(published, "next", None), saturday)
        self.assertEqual(get_book_day(published, "next_working", EURO), monday)
        valid = quote("USD", "1.08", valid_from=monday)
        self.assertEqual(get_book_day(valid, "same", None), monday)

    def test_of_two_for_one_day_the_later_counts(self):
        days = [FRIDAY + datetime.timedelta(n) for n in (1, 2)]
        quotes = [
            quote(code, figure, day)
            for day, dollar in zip(days, ("1.08", "1.09"), strict=True)
            for code, figure in (("USD", dollar), ("CNY", "7.8"))
        ]
        crossed = cross_quotes(
            reversed(quotes), "CNY", IDS, applies="next_working", calendar=EURO
        )
        [row] = crossed.rates[1].values()
        self.assertEqual(row.published_on, days[1])
        self.assertIn("1.09", row.quoted)

    def test_two_figures_for_one_day(self):
        with self.assertRaises(ConflictingQuotes):
            cross_quotes([quote("USD", "1.08"), quote("USD", "1.09")], "EUR", IDS)
