"""The Romanian bank's files of a day and of a year."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import PAGES, AdapterCases
from ..common import fixture
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
MONDAY = datetime.date(2026, 3, 9)
YEAR = "/files/xml/years/nbrfxrates2026.xml"


@tagged("post_install", "-at_install")
class TestBnr(AdapterCases, BaseCase):
    code = "bnr"
    fixtures = ("bnr/year.xml", "bnr/newest_old_namespace.xml")

    def test_two_days(self):
        quotes = self.by_key(fixture("bnr/year.xml"))
        self.assertEqual(str(quotes[FRIDAY, "EUR", "mid"]), "1 EUR = 5.0934 RON")
        self.assertEqual(str(quotes[THURSDAY, "HUF", "mid"]), "100 HUF = 1.3012 RON")
        self.assertNotIn((THURSDAY, "JPY", "mid"), quotes)
        self.assertEqual(len(quotes), 10)

    def test_either_namespace(self):
        year = self.by_key(fixture("bnr/year.xml"))
        newest = self.by_key(fixture("bnr/newest_old_namespace.xml"))
        self.assertEqual(len(newest), 6)
        self.assertLessEqual(newest.items(), year.items())

    def test_gold_by_the_gram(self):
        codes = {quote.currency for quote in self.parse(fixture("bnr/year.xml"))}
        self.assertIn("XDR", codes)
        self.assertNotIn("XAU", codes)

    def test_old_lei(self):
        payload = fixture("bnr/year.xml").replace(b"2026-03-05", b"2005-06-30")
        self.assertEqual({quote.date for quote in self.parse(payload)}, {FRIDAY})

    def test_another_currency_of_reference(self):
        payload = fixture("bnr/year.xml").replace(b">RON<", b">EUR<")
        self.assertRefused(payload, errors.FormatError, "something else")

    def test_wrong_figures(self):
        payload = fixture("bnr/year.xml")
        self.assertSpoiled(payload, b"5.0934", (b"0.0000", b"n/d", b"5,0934"), "EUR")
        self.assertSpoiled(payload, b'"100"', (b'"0"', b'""', b'"-100"'), "units")
        days = (b'date="2026-02-30"', b'date="6.3.2026"')
        self.assertSpoiled(payload, b'date="2026-03-06"', days, "date")

    def test_year_without_a_day(self):
        self.assertRefused(fixture("bnr/new_year.xml"), errors.NoQuotes)


@tagged("post_install", "-at_install")
class TestBnrRequests(Loopback, BaseCase):
    code = "bnr"

    def test_newest(self):
        payload = fixture("bnr/newest_old_namespace.xml")
        self.publisher.answers["/nbrfxrates.xml"] = payload
        for date_from, today in ((FRIDAY, FRIDAY), (MONDAY, MONDAY)):
            self.fetch(date_from, today, today)
        self.assertEqual(self.publisher.asked, ["/nbrfxrates.xml"] * 2)
        # Monday's aren't out, and Friday's are no Monday's
        self.assertEqual(self.fetch(MONDAY, MONDAY, MONDAY), [])

    def test_span_in_a_year(self):
        self.publisher.answers[YEAR] = fixture("bnr/year.xml")
        quotes = self.fetch(THURSDAY, THURSDAY, MONDAY)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY})
        self.assertEqual(self.publisher.asked, [YEAR])

    def test_across_new_year(self):
        answers = self.publisher.answers
        answers["/files/xml/years/nbrfxrates2025.xml"] = fixture("bnr/new_year.xml")
        answers[YEAR] = fixture("bnr/year.xml")
        self.assertEqual(
            len(self.fetch(datetime.date(2025, 12, 20), MONDAY, MONDAY)), 10
        )
        self.assertEqual(set(self.publisher.asked), set(answers))

    def test_new_year_has_no_file_yet(self):
        payload = fixture("bnr/year.xml").replace(b"2026-03-05", b"2025-12-31")
        answers = self.publisher.answers
        answers["/files/xml/years/nbrfxrates2025.xml"] = payload
        eve, second = datetime.date(2025, 12, 20), datetime.date(2026, 1, 2)
        self.assertEqual(len(self.fetch(eve, second, second)), 4)
        self.assertIn(YEAR, self.publisher.asked)

    def test_home_page_instead_of_rates(self):
        self.publisher.answers["/nbrfxrates.xml"] = PAGES[0]
        with self.assertRaisesRegex(errors.FormatError, "web page"):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_days_off(self):
        calendar = registry.get("bnr").calendar
        for day, published in {
            datetime.date(2026, 1, 7): False,
            datetime.date(2023, 1, 6): True,
            datetime.date(2026, 4, 10): False,  # the Orthodox Good Friday
            datetime.date(2026, 4, 3): True,  # the Western one
            datetime.date(2026, 6, 1): False,
            FRIDAY: True,
        }.items():
            with self.subTest(day):
                self.assertEqual(calendar.publishes_on(day), published)
