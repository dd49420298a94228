"""The Ukrainian bank's rates, of its site and of its older services."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
MONDAY = datetime.date(2026, 3, 9)


@tagged("post_install", "-at_install")
class TestNbu(AdapterCases, BaseCase):
    code = "nbu"
    fixtures = ("nbu/span.json", "nbu/old.json", "nbu/service.json", "nbu/span.xml")

    def test_units(self):
        quotes = self.by_key(fixture("nbu/span.json"))
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 43.7012 UAH")
        self.assertEqual(str(quotes[FRIDAY, "VND", "mid"]), "1000 VND = 1.6744 UAH")
        self.assertEqual(str(quotes[FRIDAY, "THB", "mid"]), "10 THB = 13.9021 UAH")
        self.assertNotIn((MONDAY, "THB", "mid"), quotes)

    def test_days_that_are_stated(self):
        """A day off carries the rates before it, and is a day of its own."""
        quotes = self.by_key(fixture("nbu/span.json"))
        days = {day for day, _code, _kind in quotes}
        self.assertEqual(days, {FRIDAY, SATURDAY, MONDAY})
        self.assertEqual(
            quotes[FRIDAY, "USD", "mid"].rate, quotes[SATURDAY, "USD", "mid"].rate
        )

    def test_gold_by_the_ounce(self):
        gold = self.by_key(fixture("nbu/span.json"))[FRIDAY, "XAU", "mid"]
        self.assertEqual(str(gold), "1 XAU = 224102.11 UAH")

    def test_every_form_says_the_same(self):
        span = self.by_key(fixture("nbu/span.json"))
        for name in ("nbu/service.json", "nbu/span.xml"):
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertEqual(len(quotes), 2)
                self.assertLessEqual(quotes.items(), span.items())
        for key, quote in self.by_key(fixture("nbu/old.json")).items():
            self.assertEqual(quote.nominal, 1)
            self.assertEqual(quote.rate, span[key].rate)

    def test_nothing_and_refusals(self):
        self.assertRefused(b"[]", errors.NoQuotes)
        self.assertRefused(b"<exchange></exchange>", errors.NoQuotes)
        for name in ("nbu/error.xml", "nbu/error.json"):
            with self.subTest(name):
                refusal = fixture(name)
                self.assertRefused(refusal, errors.FormatError, "“Wrong parameters")
        nameless = fixture("nbu/span.json").replace(b'"rate"', b'"kurs"')
        self.assertRefused(nameless, errors.FormatError, "something else")

    def test_wrong_figures(self):
        payload = fixture("nbu/span.json")
        figures = (b"0", b"-43.8105", b'"43,8105"')
        self.assertSpoiled(payload, b"43.8105", figures, "USD.*2026-03-09")
        units = (b'"units":null', b'"units":0', b'"units":0.1', b'"units":""')
        self.assertSpoiled(payload, b'"units":1000', units, "units")


@tagged("post_install", "-at_install")
class TestNbuRequests(Loopback, BaseCase):
    code = "nbu"

    def test_span(self):
        path = (
            "/exchange_site?start=20260306&end=20260309"
            "&sort=exchangedate&order=asc&json="
        )
        self.publisher.answers[path] = fixture("nbu/span.json")
        self.assertEqual(len(self.fetch(FRIDAY, MONDAY, FRIDAY)), 11)
        self.assertEqual(self.publisher.asked, [path])

    def test_days_wanted_only(self):
        self.publisher.answers["/exchange_site"] = fixture("nbu/span.json")
        quotes = self.fetch(MONDAY, MONDAY, MONDAY)
        self.assertEqual({quote.date for quote in quotes}, {MONDAY})

    def test_refused(self):
        self.publisher.answers["/exchange_site"] = fixture("nbu/error.json")
        with self.assertRaisesRegex(errors.FormatError, "Wrong parameters format"):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_monday_s_are_out_on_friday(self):
        adapter = registry.get("nbu")
        self.assertGreaterEqual(FRIDAY + datetime.timedelta(adapter.ahead_days), MONDAY)
