"""Australia's table: titles, units, an index and the days, in one CSV file."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

WEDNESDAY = datetime.date(2026, 3, 4)
THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)


@tagged("post_install", "-at_install")
class TestRba(AdapterCases, BaseCase):
    code = "rba"
    fixtures = ("rba/table.csv", "rba/crlf.csv")

    def test_days(self):
        quotes = self.by_key(fixture("rba/table.csv"))
        self.assertEqual(len(quotes), 11)
        yuan = quotes[THURSDAY, "CNY", "mid"]
        self.assertEqual(str(yuan), "1 AUD = 4.8455 CNY")
        self.assertEqual(yuan.rate, Decimal("4.8455"))
        self.assertEqual(str(quotes[WEDNESDAY, "VND", "mid"].value), "18422")

    def test_blanks_indexes_and_the_sdr(self):
        quotes = self.by_key(fixture("rba/table.csv"))
        self.assertNotIn((FRIDAY, "CNY", "mid"), quotes)
        codes = {code for _day, code, _kind in quotes}
        self.assertEqual(codes, {"USD", "CNY", "VND", "XDR"})

    def test_other_line_ends(self):
        self.assertLessEqual(
            self.by_key(fixture("rba/crlf.csv")).items(),
            self.by_key(fixture("rba/table.csv")).items(),
        )

    def test_titles_that_changed(self):
        table = fixture("rba/table.csv")
        for before, after in (
            (b"A$1=CNY", b"A$1=USD"),
            (b"Units,", b"Unit,"),
            (b"Title,", b"Name,"),
            (b"A$1=", b"US$1="),
            (b"Units,USD,Index", b"Units,USD"),
        ):
            with self.subTest(after):
                payload = table.replace(before, after)
                self.assertRefused(payload, errors.FormatError, "Australia")
        self.assertEqual(len(self.parse(table.replace(b"A$1=", b"A$1 = "))), 11)

    def test_rows_that_cannot_be(self):
        table = fixture("rba/table.csv")
        for before, after, pattern in (
            (b"05-Mar-2026,", b"2026-03-05,", "valid date"),
            (b"05-Mar-2026,", b"31-Feb-2026,", "valid date"),
            (b"05-Mar-2026,", b",", "valid date"),
            (b"05-Mar-2026,", b"05-Mar-2026,1.5,", "Australia"),
            (b"4.8455", b"0", "CNY.*2026-03-05"),
        ):
            with self.subTest(after):
                payload = table.replace(before, after)
                self.assertRefused(payload, errors.FormatError, pattern)

    def test_cut_off_and_empty(self):
        table = fixture("rba/table.csv")
        self.assertRefused(table.rstrip()[:-1], errors.FormatError, "cut off")
        titles = table[: table.index(b"04-Mar-2026")]
        self.assertRefused(titles, errors.NoQuotes)


@tagged("post_install", "-at_install")
class TestRbaRequests(Loopback, BaseCase):
    code = "rba"
    path = "/f11.1-data.csv"

    def test_the_whole_table_for_a_day(self):
        self.publisher.answers[self.path] = fixture("rba/table.csv")
        quotes = self.fetch(FRIDAY, FRIDAY, SATURDAY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        self.assertEqual(self.publisher.asked, [self.path])

    def test_weekend_is_no_failure(self):
        self.publisher.answers[self.path] = fixture("rba/table.csv")
        self.assertEqual(self.fetch(SATURDAY, SATURDAY, SATURDAY), [])

    def test_refusals(self):
        self.publisher.answers[self.path] = lambda handler, _n: reply(
            handler, b"Access denied", 403
        )
        with self.assertRaises(errors.RequestRefused):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.publisher.answers[self.path] = b"<!DOCTYPE html><html></html>"
        with self.assertRaises(errors.FormatError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
