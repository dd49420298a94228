"""Frankfurter's two versions, on its own host and on one's own."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)


@tagged("post_install", "-at_install")
class TestFrankfurter(AdapterCases, BaseCase):
    code = "frankfurter"
    fixtures = (
        "frankfurter/v1_day.json",
        "frankfurter/v1_span.json",
        "frankfurter/v2_rates.json",
        "frankfurter/v2_rates.ndjson",
        "frankfurter/v2_rates.csv",
        "frankfurter/v2_pair.json",
    )

    def test_day(self):
        quotes = self.by_key(fixture("frankfurter/v1_day.json"))
        self.assertEqual(len(quotes), 3)
        quote = quotes[FRIDAY, "JPY", "mid"]
        self.assertEqual(str(quote), "1 EUR = 171.34 JPY")

    def test_span(self):
        quotes = self.by_key(fixture("frankfurter/v1_span.json"))
        self.assertEqual(len(quotes), 4)
        self.assertEqual(str(quotes[THURSDAY, "CNY", "mid"].value), "7.8100")
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"].value), "7.8154")

    def test_every_form_says_the_same(self):
        for name in self.fixtures:
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertEqual(
                    str(quotes[FRIDAY, "USD", "mid"]), "1 EUR = 1.0836 USD"
                )

    def test_base_and_amount_of_the_answer(self):
        quotes = self.by_key(fixture("frankfurter/v1_hundred.json"))
        quote = quotes[FRIDAY, "CNY", "mid"]
        self.assertEqual(str(quote), "100 JPY = 4.5613 CNY")
        self.assertEqual(quote.rate, Decimal("0.045613"))
        for amount in (b"12.5", b"0", b"-1", b"[1]", b"null", b"1e9"):
            with self.subTest(amount):
                payload = fixture("frankfurter/v1_hundred.json")
                payload = payload.replace(b"100.0", amount)
                self.assertRefused(payload, errors.FormatError)

    def test_date_that_is_none(self):
        for date in (b"{}", b"[1]", b"null", b"1", b'"2026-02-30"'):
            with self.subTest(date):
                payload = fixture("frankfurter/v1_day.json")
                payload = payload.replace(b'"2026-03-06"', date)
                self.assertRefused(payload, errors.FormatError, "valid date")

    def test_each_row_has_a_day_of_its_own(self):
        quotes = self.by_key(fixture("frankfurter/v2_rates.json"))
        self.assertEqual(len(quotes), 3)
        self.assertIn((datetime.date(2026, 3, 2), "KWD", "mid"), quotes)

    def test_labels_that_are_no_currency(self):
        for label in (b"I44", b"TWI", b"USDC"):
            with self.subTest(label):
                payload = fixture("frankfurter/v2_rates.json").replace(b"KWD", label)
                self.assertEqual(len(self.parse(payload)), 2)
        payload = fixture("frankfurter/v2_rates.json").replace(b"KWD", b"kwd")
        self.assertRefused(payload, errors.FormatError, "kwd")

    def test_nothing(self):
        for payload in (
            b"[]",
            b'{"amount":1.0,"base":"EUR","date":"2026-03-06","rates":{}}',
            b'{"message":"not found"}',
            b"date,base,quote,rate\n",
        ):
            with self.subTest(payload):
                self.assertRefused(payload, errors.NoQuotes)

    def test_what_the_service_says(self):
        self.assertRefused(
            b'{"status":422,"message":"bad currency pair"}',
            errors.RequestRefused,
            "bad currency pair",
        )

    def test_zero(self):
        for name in self.fixtures:
            with self.subTest(name):
                payload = fixture(name).replace(b"1.0836", b"0.0")
                self.assertRefused(payload, errors.FormatError, "USD.*2026-03-06")


@tagged("post_install", "-at_install")
class TestFrankfurterRequests(Loopback, BaseCase):
    code = "frankfurter"

    def test_version_one(self):
        answers = self.publisher.answers
        answers["/v1/2026-03-06"] = fixture("frankfurter/v1_day.json")
        answers["/v1/2026-03-05..2026-03-06"] = fixture("frankfurter/v1_span.json")
        for path in ("", "v1", "v1/"):
            with self.subTest(path):
                self.assertEqual(len(self.fetch(FRIDAY, FRIDAY, FRIDAY, path)), 3)
                self.assertEqual(len(self.fetch(THURSDAY, FRIDAY, FRIDAY, path)), 4)

    def test_version_two(self):
        self.publisher.answers["/v2/rates?base=EUR&from=2026-03-06&to=2026-03-06"] = (
            fixture("frankfurter/v2_rates.json")
        )
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY, "v2/")
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})

    def test_long_spans_are_cut(self):
        self.publisher.answers = {
            "/v1/2026-01-01..2026-03-31": fixture("frankfurter/v1_span.json"),
            "/v1/2026-04-01": b'{"message":"not found"}',
        }
        first, last = datetime.date(2026, 1, 1), datetime.date(2026, 4, 1)
        self.assertEqual(len(self.fetch(first, last, last)), 4)

    def test_another_day_than_asked_for(self):
        self.publisher.answers["/v1/2026-03-07"] = fixture("frankfurter/v1_day.json")
        self.assertEqual(self.fetch(SATURDAY, SATURDAY, SATURDAY), [])

    def test_nothing_there_and_a_wrong_address(self):
        """404 says either; the service's own words tell them apart."""

        def missing(handler, _times):
            reply(handler, b'{"message":"not found"}', 404)

        self.publisher.answers["/v1/2026-03-07"] = missing
        self.assertEqual(self.fetch(SATURDAY, SATURDAY, SATURDAY), [])
        with self.assertRaises(errors.NotPublished):
            self.fetch(SATURDAY, SATURDAY, SATURDAY, "elsewhere/")

    def test_refusal(self):
        def refuse(handler, _times):
            reply(handler, b'{"message":"unknown parameter: day"}', 422)

        self.publisher.answers["/v1/2026-03-06"] = refuse
        with self.assertRaises(errors.RequestRefused) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertEqual(caught.exception.status, 422)
