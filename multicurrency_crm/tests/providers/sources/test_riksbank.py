"""The Swedish bank's observations of a group of series."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
PATH = "/Observations/ByGroup/130/{}/{}"


@tagged("post_install", "-at_install")
class TestRiksbank(AdapterCases, BaseCase):
    code = "riksbank"
    fixtures = ("riksbank/group.json",)

    def test_for_one_unit(self):
        quotes = self.by_key(fixture("riksbank/group.json"))
        self.assertEqual(str(quotes[FRIDAY, "EUR", "mid"]), "1 EUR = 10.8877 SEK")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "1 JPY = 0.05899 SEK")
        self.assertNotIn((FRIDAY, "USD", "mid"), quotes)

    def test_the_krona_itself(self):
        payload = fixture("riksbank/group.json")
        self.assertIn(b"SEKETT", payload)
        codes = {quote.currency for quote in self.parse(payload)}
        self.assertEqual(codes, {"CNY", "EUR", "JPY", "USD"})

    def test_other_answers(self):
        self.assertRefused(b"[]", errors.NoQuotes)
        limit = fixture("riksbank/error.json")
        self.assertRefused(limit, errors.FormatError, "Rate limit is exceeded")
        nested = b'{"error":{"code":"x","message":"No such group"}}'
        self.assertRefused(nested, errors.FormatError, "“No such group”")
        self.assertRefused(b'[{"value": 1}]', errors.FormatError, "something else")

    def test_a_single_series(self):
        """Its answer doesn't say which one it is: the request or a file's name does."""
        payload = fixture("riksbank/one_series.json")
        self.assertRefused(payload, errors.FormatError, "SEKEURPMI.json")
        group = self.by_key(fixture("riksbank/group.json"))
        for hints in (
            {"series": "SEKEURPMI"},
            {"filename": "Observations_sekeurpmi (2).json"},
            {"series": "SEKEURPMI", "filename": "SEKUSDPMI.json"},
        ):
            with self.subTest(hints):
                quotes = self.by_key(payload, **hints)
                self.assertTrue(quotes)
                self.assertLessEqual(quotes.items(), group.items())

    def test_wrong_figures(self):
        payload = fixture("riksbank/group.json")
        figures = (b"0", b"-10.8877", b'"ten"')
        self.assertSpoiled(payload, b"10.8877", figures, "EUR.*2026-03-06")
        missing = payload.replace(b"10.8877", b"null")
        self.assertNotIn((FRIDAY, "EUR", "mid"), self.by_key(missing))


@tagged("post_install", "-at_install")
class TestRiksbankRequests(Loopback, BaseCase):
    code = "riksbank"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("riksbank")), "min_interval", 0)

    def test_span(self):
        path = PATH.format(THURSDAY, FRIDAY)
        self.publisher.answers[path] = fixture("riksbank/group.json")
        self.assertEqual(len(self.fetch(THURSDAY, FRIDAY, FRIDAY)), 7)
        [headers] = self.publisher.headers
        self.assertNotIn("Ocp-Apim-Subscription-Key", headers)

    def test_address_of_a_series(self):
        path = f"/Observations/SEKEURPMI/{THURSDAY}/{FRIDAY}"
        self.publisher.answers[path] = fixture("riksbank/one_series.json")
        series = "Observations/SEKEURPMI"
        [quote] = self.fetch(THURSDAY, FRIDAY, FRIDAY, series)
        self.assertEqual(str(quote), "1 EUR = 10.9012 SEK")

    def test_key(self):
        path = PATH.format(FRIDAY, FRIDAY)
        self.publisher.answers[path] = lambda handler, _n: reply(
            handler, handler.headers["Ocp-Apim-Subscription-Key"].encode(), 401
        )
        with self.assertRaises(errors.KeyRefused) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key="0123456789abcdef")
        [headers] = self.publisher.headers
        self.assertEqual(headers["Ocp-Apim-Subscription-Key"], "0123456789abcdef")
        self.assertNotIn("0123456789abcdef", caught.exception.body)

    def test_nothing_at_the_weekend(self):
        saturday = datetime.date(2026, 3, 7)
        self.publisher.answers[PATH.format(saturday, saturday)] = lambda handler, _n: (
            reply(handler, b"", 204)
        )
        self.assertEqual(self.fetch(saturday, saturday, saturday), [])

    def test_two_years_in_spans(self):
        start = FRIDAY - datetime.timedelta(729)
        middle = start + datetime.timedelta(364)
        later = middle + datetime.timedelta(1)
        for span in ((start, middle), (later, FRIDAY)):
            self.publisher.answers[PATH.format(*span)] = b"[]"
        self.assertEqual(self.fetch(start, FRIDAY, FRIDAY), [])
        self.assertEqual(len(self.publisher.asked), 2)

    def test_too_many_requests(self):
        path = PATH.format(FRIDAY, FRIDAY)
        self.publisher.answers[path] = lambda handler, _n: reply(
            handler, fixture("riksbank/error.json"), 429, Retry_After="21"
        )
        with self.assertRaises(errors.TooManyRequests) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertEqual(caught.exception.retry_at_seconds, 21)
