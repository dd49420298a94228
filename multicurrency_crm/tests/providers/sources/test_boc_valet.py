"""The Bank of Canada's observations, in the three forms of its Valet service."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....engine.rates import divide
from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

FRIDAY = datetime.date(2026, 3, 6)
MONDAY = datetime.date(2026, 3, 9)


@tagged("post_install", "-at_install")
class TestBocValet(AdapterCases, BaseCase):
    code = "boc_valet"
    fixtures = (
        "boc_valet/group.json",
        "boc_valet/series.json",
        "boc_valet/group.xml",
        "boc_valet/group.csv",
    )

    def test_two_days(self):
        quotes = self.by_key(fixture("boc_valet/group.json"))
        yen = quotes[FRIDAY, "JPY", "mid"]
        self.assertEqual(str(yen), "1 JPY = 0.008610 CAD")
        self.assertEqual(yen.rate, divide(1, Decimal("0.008610")))
        self.assertEqual(str(quotes[MONDAY, "USD", "mid"].value), "1.3722")
        self.assertEqual(len(quotes), 7)

    def test_no_value(self):
        """A currency without a value one day, and series that have ended."""
        quotes = self.by_key(fixture("boc_valet/group.json"))
        self.assertNotIn((MONDAY, "JPY", "mid"), quotes)
        self.assertFalse({"MYR", "VND"} & {code for _day, code, _kind in quotes})

    def test_every_form_says_the_same(self):
        group = self.by_key(fixture("boc_valet/group.json"))
        for name in self.fixtures:
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertIn((MONDAY, "USD", "mid"), quotes)
                self.assertLessEqual(quotes.items(), group.items())

    def test_other_direction(self):
        payload = fixture("boc_valet/series.json").replace(b"FXUSDCAD", b"FXCADUSD")
        quote = self.by_key(payload)[FRIDAY, "USD", "mid"]
        self.assertEqual(str(quote), "1 CAD = 1.3750 USD")

    def test_weekend(self):
        self.assertRefused(fixture("boc_valet/weekend.json"), errors.NoQuotes)

    def test_monthly_averages_and_other_series_are_no_days(self):
        for series in (b"FXMUSDCAD", b"FXAUSDCAD", b"V39079", b"FXUSDEUR"):
            with self.subTest(series):
                payload = fixture("boc_valet/series.json").replace(b"FXUSDCAD", series)
                self.assertRefused(payload, errors.FormatError, "an answer with daily")

    def test_what_the_bank_says(self):
        payload = b'{"message": "Series FXXXXCAD not found."}'
        self.assertRefused(payload, errors.FormatError, "FXXXXCAD not found")

    def test_zero(self):
        payload = fixture("boc_valet/group.json").replace(b"1.3750", b"0.0000")
        self.assertRefused(payload, errors.FormatError, "USD.*2026-03-06")


@tagged("post_install", "-at_install")
class TestBocValetRequests(Loopback, BaseCase):
    code = "boc_valet"
    path = "/observations/group/FX_RATES_DAILY/json?start_date=%s&end_date=%s"

    def test_days_that_were_not_asked_for(self):
        path = self.path % (MONDAY, MONDAY)
        self.publisher.answers[path] = fixture("boc_valet/group.json")
        quotes = self.fetch(MONDAY, MONDAY, MONDAY)
        self.assertEqual({quote.date for quote in quotes}, {MONDAY})

    def test_weekend_is_no_failure(self):
        saturday = datetime.date(2026, 3, 7)
        path = self.path % (saturday, saturday)
        self.publisher.answers[path] = fixture("boc_valet/weekend.json")
        self.assertEqual(self.fetch(saturday, saturday, MONDAY), [])

    def test_out_of_order(self):
        path = self.path % (FRIDAY, FRIDAY)
        self.publisher.answers[path] = lambda handler, _n: reply(handler, b"", 503)
        with self.assertRaises(errors.TransportError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
