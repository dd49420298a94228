"""The Kazakh bank's files of a day, and its feed."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
MONDAY = datetime.date(2026, 3, 9)
PATH = "/get_rates.cfm?fdate="


@tagged("post_install", "-at_install")
class TestNbk(AdapterCases, BaseCase):
    code = "nbk"
    fixtures = ("nbk/friday.xml", "nbk/thursday.xml", "nbk/feed.xml")

    def test_quants(self):
        quotes = self.by_key(fixture("nbk/friday.xml"))
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 481.22 KZT")
        self.assertEqual(str(quotes[FRIDAY, "IRR", "mid"]), "1000 IRR = 0.4 KZT")
        self.assertEqual(str(quotes[FRIDAY, "UZS", "mid"]), "100 UZS = 3.95 KZT")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "1 JPY = 3 KZT")

    def test_missing(self):
        quotes = self.by_key(fixture("nbk/thursday.xml"))
        self.assertEqual({code for _day, code, _kind in quotes}, {"USD", "UZS"})
        self.assertEqual({day for day, _code, _kind in quotes}, {THURSDAY})

    def test_feed_says_the_same(self):
        friday = self.by_key(fixture("nbk/friday.xml"))
        self.assertEqual(self.by_key(fixture("nbk/feed.xml")), friday)

    def test_day_without_rates(self):
        self.assertRefused(fixture("nbk/day_off.xml"), errors.NoQuotes)
        empty = b"<rss version='2.0'><channel></channel></rss>"
        self.assertRefused(empty, errors.NoQuotes)

    def test_wrong_figures(self):
        payload = fixture("nbk/friday.xml")
        figures = (b"0", b"0.00", b"481,22", b"-481.22")
        self.assertSpoiled(payload, b"481.22", figures, "USD.*2026-03-06")
        self.assertSpoiled(payload, b">1000<", (b">null<", b">0<", b"><"), "units")
        days = (b"2026-03-06", b"06.13.2026", b"")
        self.assertSpoiled(payload, b"06.03.2026", days, "valid date")


@tagged("post_install", "-at_install")
class TestNbkRequests(Loopback, BaseCase):
    code = "nbk"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("nbk")), "min_interval", 0)

    def test_day_by_day(self):
        answers = self.publisher.answers
        answers[f"{PATH}05.03.2026"] = fixture("nbk/thursday.xml")
        answers[f"{PATH}06.03.2026"] = fixture("nbk/friday.xml")
        answers[f"{PATH}09.03.2026"] = fixture("nbk/day_off.xml")
        self.assertEqual(len(self.fetch(THURSDAY, MONDAY, MONDAY)), 7)
        # nothing is asked for at the weekend
        self.assertEqual(self.publisher.asked, list(answers))

    def test_day_to_come(self):
        """Whatever the bank would answer, it can't be that day's rates."""
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, THURSDAY), [])
        self.assertEqual(self.publisher.asked, [])

    def test_another_day_than_asked_for(self):
        self.publisher.answers[f"{PATH}09.03.2026"] = fixture("nbk/friday.xml")
        self.assertEqual(self.fetch(MONDAY, MONDAY, MONDAY), [])
