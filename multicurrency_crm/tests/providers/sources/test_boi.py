"""The Israeli bank's SDMX answers, and the newest day on its site."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
PATH = "/sdmx/v2/data/dataflow/BOI.STATISTICS/EXR/1.0/"


@tagged("post_install", "-at_install")
class TestBoi(AdapterCases, BaseCase):
    code = "boi"
    fixtures = (
        "boi/span.csv",
        "boi/generic.xml",
        "boi/newest.xml",
        "boi/newest.json",
    )

    def test_powers_of_ten(self):
        quotes = self.by_key(fixture("boi/span.csv"))
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 3.652 ILS")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 2.3184 ILS")
        self.assertEqual(str(quotes[FRIDAY, "LBP", "mid"]), "10 LBP = 0.0004 ILS")
        self.assertNotIn((FRIDAY, "EUR", "mid"), quotes)

    def test_other_series_are_left_out(self):
        """Averages of a month, and rates of options."""
        self.assertEqual(len(self.by_key(fixture("boi/span.csv"))), 7)

    def test_every_form_says_the_same(self):
        quotes = self.by_key(fixture("boi/span.csv"))
        self.assertEqual(self.by_key(fixture("boi/generic.xml")), quotes)
        for name in ("boi/newest.xml", "boi/newest.json"):
            with self.subTest(name):
                newest = self.by_key(fixture(name))
                self.assertEqual(len(newest), 3)
                self.assertLessEqual(newest.items(), quotes.items())

    def test_the_day_in_jerusalem(self):
        payload = fixture("boi/newest.xml")
        late = payload.replace(b"T10:31:05", b"T22:31:05")
        saturday = datetime.date(2026, 3, 7)
        self.assertEqual({quote.date for quote in self.parse(late)}, {saturday})
        moments = (b"2026-03-06", b"2026-03-06T25:00:00Z", b"", b"0001-01-01")
        good = b"2026-03-06T10:31:05.6590204Z"
        self.assertSpoiled(payload, good, moments, "valid date")

    def test_wrong_units(self):
        for payload, unit, wrong in (
            (fixture("boi/span.csv"), b",Y,2,", b",Y,,"),
            (fixture("boi/newest.xml"), b"<Unit>100<", b"<Unit>0<"),
            (fixture("boi/newest.json"), b'"unit": 100', b'"unit": null'),
        ):
            self.assertSpoiled(payload, unit, (wrong,), "units")

    def test_zero_and_strangers(self):
        zero = fixture("boi/span.csv").replace(b"3.652", b"0.000")
        self.assertRefused(zero, errors.FormatError, "USD")
        self.assertRefused(b'{"exchangeRates":[]}', errors.NoQuotes)
        self.assertRefused(b'{"error":"busy"}', errors.FormatError)
        other = fixture("boi/span.csv").replace(b",ILS,ILS,", b",USD,USD,")
        self.assertRefused(other, errors.FormatError, "something else")


@tagged("post_install", "-at_install")
class TestBoiRequests(Loopback, BaseCase):
    code = "boi"

    def test_span(self):
        path = (
            f"{PATH}?c%5BDATA_TYPE%5D=OF00&format=csv"
            "&startperiod=2026-03-05&endperiod=2026-03-06"
        )
        self.publisher.answers[path] = fixture("boi/span.csv")
        self.assertEqual(len(self.fetch(THURSDAY, FRIDAY, FRIDAY)), 7)
        self.assertEqual(self.publisher.asked, [path])

    def test_nothing_on_a_feast(self):
        for body, status in ((b"", 200), (b"No Results Found", 404)):
            with self.subTest(status):
                self.publisher.answers[PATH] = lambda handler, _n, a=(body, status): (
                    reply(handler, *a)
                )
                self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])

    def test_out_of_order(self):
        self.publisher.answers[PATH] = lambda handler, _n: reply(handler, b"", 503)
        with self.assertRaises(errors.TransportError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
