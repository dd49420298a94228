"""The Bank of England's tables, whose columns are series."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestBoe(AdapterCases, BaseCase):
    code = "boe"
    fixtures = ("boe/table.csv", "boe/titled.csv", "boe/columns.csv")

    def test_two_days(self):
        quotes = self.by_key(fixture("boe/table.csv"))
        self.assertEqual(len(quotes), 7)
        won = quotes[THURSDAY, "KRW", "mid"]
        self.assertEqual(str(won), "1 GBP = 1986.5500 KRW")
        self.assertEqual(won.rate, Decimal("1986.55"))
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"].value), "9.1742")

    def test_no_value(self):
        quotes = self.by_key(fixture("boe/table.csv"))
        self.assertNotIn((FRIDAY, "JPY", "mid"), quotes)

    def test_every_form_says_the_same(self):
        table = self.by_key(fixture("boe/table.csv"))
        for name in self.fixtures:
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertIn((FRIDAY, "USD", "mid"), quotes)
                self.assertLessEqual(quotes.items(), table.items())

    def test_an_index_is_no_currency(self):
        quotes = self.by_key(fixture("boe/titled.csv"))
        self.assertEqual({code for _day, code, _kind in quotes}, {"USD"})
        payload = fixture("boe/titled.csv").replace(b"XUDLUSS", b"XUDLBK64")
        self.assertRefused(payload, errors.FormatError, "a table")

    def test_empty(self):
        self.assertRefused(fixture("boe/empty.csv"), errors.NoQuotes)

    def test_half_a_figure(self):
        table = fixture("boe/table.csv")
        for end in (-1, -2, -4):
            with self.subTest(end=end):
                self.assertRefused(table.rstrip()[:end], errors.FormatError, "cut off")
        self.assertRefused(table[:-20] + b"\r\n", errors.FormatError, "cut off")

    def test_wrong_day_and_zero(self):
        table = fixture("boe/table.csv")
        for day in (b"06 Mrz 2026", b"31 Feb 2026", b"06 Mar " + b"9" * 30, b""):
            wrong = table.replace(b"06 Mar 2026", day)
            self.assertRefused(wrong, errors.FormatError, "valid date")
        zero = table.replace(b"1.3321", b"0")
        self.assertRefused(zero, errors.FormatError, "USD.*2026-03-06")


@tagged("post_install", "-at_install")
class TestBoeRequests(Loopback, BaseCase):
    code = "boe"

    def serve(self, answer):
        """Serve whatever is asked for."""
        self.publisher.answers["/_iadb-fromshowcolumns.asp"] = answer

    def test_all_series_of_the_days_and_the_week_before(self):
        self.serve(fixture("boe/table.csv"))
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        [path] = self.publisher.asked
        [headers] = self.publisher.headers
        self.assertIn("&Datefrom=27%2FFeb%2F2026&Dateto=06%2FMar%2F2026", path)
        self.assertIn("XUDLUSS", path)
        self.assertTrue(headers["User-Agent"].startswith("Mozilla/5.0"))
        self.assertIn("text/csv", headers["Accept"])

    def test_weekend_is_no_failure(self):
        saturday = datetime.date(2026, 3, 7)
        self.serve(fixture("boe/table.csv"))
        self.assertEqual(self.fetch(saturday, saturday, saturday), [])

    def test_error_pages(self):
        self.serve(b"<!DOCTYPE html><html><body>Error 40</body></html>")
        with self.assertRaises(errors.FormatError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.serve(lambda handler, _times: reply(handler, b"Forbidden", 403))
        with self.assertRaises(errors.RequestRefused):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_bank_holidays(self):
        calendar = registry.get(self.code).calendar
        self.assertFalse(calendar.publishes_on(datetime.date(2026, 5, 4)))
        self.assertTrue(calendar.publishes_on(datetime.date(2026, 5, 1)))
