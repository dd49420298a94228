"""India's reference rates: for how many units, a pair's name says."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestFbil(AdapterCases, BaseCase):
    code = "fbil"
    fixtures = ("fbil/days.json", "fbil/friday.json")

    def test_units_of_the_name(self):
        quotes = self.by_key(fixture("fbil/days.json"))
        for code, equation in (
            ("USD", "1 USD = 91.202300 INR"),
            ("JPY", "100 JPY = 58.110000 INR"),
            ("IDR", "10000 IDR = 54.020600 INR"),
        ):
            self.assertEqual(str(quotes[FRIDAY, code, "mid"]), equation)

    def test_a_day_that_lacks_currencies(self):
        quotes = self.by_key(fixture("fbil/days.json"))
        codes = {code for day, code, _kind in quotes if day == THURSDAY}
        self.assertEqual(codes, {"USD", "EUR", "JPY"})

    def test_no_rates(self):
        self.assertRefused(fixture("fbil/weekend.json"), errors.NoQuotes)
        payload = fixture("fbil/error.json")
        self.assertRefused(payload, errors.FormatError, "could not be parsed")

    def test_names_written_otherwise(self):
        day = fixture("fbil/friday.json")
        quotes = self.by_key(day.replace(b"INR / 10000 IDR", b"INR/10,000 IDR"))
        self.assertEqual(quotes[FRIDAY, "IDR", "mid"].nominal, 10000)
        for name in (b"USD / 1 INR", b"INR / USD", b"INR / 0 USD", b"INR / 1 DOLLAR"):
            with self.subTest(name):
                wrong = day.replace(b"INR / 1 USD", name)
                self.assertRefused(wrong, errors.FormatError)

    def test_figures_that_are_none(self):
        day = fixture("fbil/friday.json")
        self.assertEqual(len(self.parse(day.replace(b"91.202300", b"null"))), 5)
        zero = day.replace(b"91.202300", b"0.000000")
        self.assertRefused(zero, errors.FormatError, "USD")
        refused = []
        self.assertEqual(len(self.parse(zero, refused=refused)), 5)
        self.assertEqual([figure.currency for figure in refused], ["USD"])


@tagged("post_install", "-at_install")
class TestFbilRequests(Loopback, BaseCase):
    code = "fbil"

    def test_a_span(self):
        self.publisher.answers["/fetchfiltered"] = fixture("fbil/days.json")
        self.assertEqual(len(self.fetch(FRIDAY, FRIDAY, FRIDAY)), 6)
        self.assertEqual(
            self.publisher.asked,
            [
                "/fetchfiltered?fromDate=2026-03-06&toDate=2026-03-06"
                "&authenticated=false"
            ],
        )

    def test_a_year_at_a_time(self):
        self.publisher.answers["/fetchfiltered"] = fixture("fbil/weekend.json")
        self.assertEqual(self.fetch(datetime.date(2025, 3, 1), FRIDAY, FRIDAY), [])
        spans = [path.split("?")[1][9:37] for path in self.publisher.asked]
        self.assertEqual(
            spans, ["2025-03-01&toDate=2026-03-01", "2026-03-02&toDate=2026-03-06"]
        )

    def test_out_of_order(self):
        self.publisher.answers["/fetchfiltered"] = lambda handler, _n: reply(
            handler, fixture("fbil/error.json"), 500
        )
        with self.assertRaises(errors.TransportError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_terms_come_first(self):
        self.assertTrue(registry.get(self.code).restricted)
