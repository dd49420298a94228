"""Twelve Data: pairs by name, several in a request, and errors beside rates."""

import datetime
import json
from urllib.parse import parse_qs, urlsplit

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ....providers.http import Client
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

WEDNESDAY = datetime.date(2026, 3, 4)
THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
KEY = "0123456789abcdef0123456789abcdef"
PAIR = fixture("twelvedata/pair.json")
BATCH = fixture("twelvedata/batch.json")
RATE = fixture("twelvedata/rate.json")
ERROR = fixture("twelvedata/error.json")
NOTHING = b"No data is available on the specified dates. Try other start/end dates."


def error(code, message=b"What it says."):
    """A refusal, of a request or of one pair among several."""
    answer = {"code": code, "message": message.decode(), "status": "error"}
    return json.dumps(answer).encode()


@tagged("post_install", "-at_install")
class TestTwelveData(AdapterCases, BaseCase):
    code = "twelvedata"
    fixtures = (
        "twelvedata/pair.json",
        "twelvedata/batch.json",
        "twelvedata/rate.json",
        "twelvedata/rates.json",
    )

    def test_days_of_a_pair(self):
        """A day's rate is where its bar closes, with the digits that are written."""
        quotes = self.by_key(PAIR)
        days = {day for day, _code, _kind in quotes}
        self.assertEqual(days, {WEDNESDAY, THURSDAY, FRIDAY})
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"]), "1 USD = 7.21240 CNY")

    def test_several_pairs(self):
        """Thursday's euro is there, Wednesday's isn't, and one pair is unknown."""
        quotes = self.by_key(BATCH)
        self.assertEqual(len(quotes), 5)
        self.assertIn((THURSDAY, "EUR", "mid"), quotes)
        self.assertNotIn((WEDNESDAY, "EUR", "mid"), quotes)

    def test_newest_rate(self):
        [quote] = self.parse(RATE)
        self.assertEqual(str(quote), "1 USD = 147.8213 JPY")
        self.assertEqual(quote.date, FRIDAY)
        codes = {q.currency for q in self.parse(fixture("twelvedata/rates.json"))}
        self.assertEqual(codes, {"CNY", "JPY"})

    def test_a_pair_says_its_direction(self):
        [quote] = self.parse(RATE.replace(b"USD/JPY", b"EUR/JPY"))
        self.assertEqual((quote.base, quote.currency), ("EUR", "JPY"))
        for symbol in (b"USDJPY", b"", b"USD"):
            with self.subTest(symbol):
                payload = RATE.replace(b"USD/JPY", symbol)
                self.assertRefused(payload, errors.FormatError)

    def test_bars_of_other_lengths(self):
        """A week's close is no day's, and an hour's is one of many."""
        for length in (b"1week", b"1h", b""):
            with self.subTest(length):
                payload = PAIR.replace(b"1day", length)
                self.assertRefused(payload, errors.FormatError)

    def test_zero(self):
        payload = PAIR.replace(b'"7.21240"', b'"0.00000"')
        self.assertRefused(payload, errors.FormatError, "CNY.*2026-03-06")

    def test_empty(self):
        answer = {**json.loads(PAIR), "values": []}
        self.assertRefused(json.dumps(answer).encode(), errors.NoQuotes)

    def test_answers_that_cannot_be(self):
        pair = json.loads(PAIR)
        for answer in (
            {**pair, "values": None},
            {**pair, "values": [1]},
            {**pair, "values": [{}]},
            {**pair, "values": [{"datetime": "2026-03-06", "close": {}}]},
            {**pair, "meta": None},
            {**pair, "meta": {}},
            {"USD/CNY": [pair]},
            {"USD/CNY": None},
            {"symbol": "USD/JPY", "rate": 147.8, "timestamp": "x"},
            {"symbol": "USD/JPY", "rate": [147.8], "timestamp": 1772818200},
        ):
            with self.subTest(answer):
                payload = json.dumps(answer).encode()
                self.assertRefused(payload, errors.FormatError)

    def test_refusals(self):
        self.assertRefused(ERROR, errors.KeyRefused, "apikey")
        for code, error_class in (
            (401, errors.KeyRefused),
            (403, errors.RequestRefused),
            (404, errors.NotPublished),
            (414, errors.RequestRefused),
            (429, errors.TooManyRequests),
            ("x", errors.RequestRefused),
        ):
            with self.subTest(code):
                self.assertRefused(error(code), error_class, "What it says")
        self.assertRefused(error(400, NOTHING), errors.NoQuotes)
        self.assertRefused(error(400), errors.RequestRefused)
        self.assertRefused(error(400, b"wordy " * 500), errors.RequestRefused)

    def test_refusals_of_single_pairs(self):
        """Nothing is lost to a pair without data; a used-up minute is no such thing."""
        batch = json.loads(BATCH)
        for code, said, error_class in (
            (404, b"unknown", None),
            (400, NOTHING, None),
            (429, b"run out of credits", errors.TooManyRequests),
            (403, b"not in your plan", errors.RequestRefused),
        ):
            with self.subTest(code, said=said):
                refused = json.loads(error(code, said))
                payload = json.dumps({**batch, "USD/EUR": refused}).encode()
                if error_class:
                    self.assertRefused(payload, error_class)
                else:
                    self.assertEqual(len(self.parse(payload)), 3)
        both = {"USD/EUR": json.loads(error(404)), "USD/CNY": json.loads(error(404))}
        self.assertRefused(json.dumps(both).encode(), errors.NotPublished)


@tagged("post_install", "-at_install")
class TestTwelveDataRequests(Loopback, BaseCase):
    code = "twelvedata"

    def setUp(self):
        super().setUp()
        # the least time between two requests is the client's own, and tested there
        self.patch(Client, "_due_in", lambda client: 0)
        self.publisher.answers["/time_series"] = BATCH

    def fetch(self, date_from, date_to, codes="CNY EUR USD XPF", today=SATURDAY):
        return super().fetch(
            date_from, date_to, today, api_key=KEY, currencies=codes.split()
        )

    def test_the_pairs_wanted_in_one_request(self):
        quotes = self.fetch(THURSDAY, FRIDAY)
        self.assertEqual(len(quotes), 4)
        [asked] = self.publisher.asked
        self.assertEqual(
            parse_qs(urlsplit(asked).query),
            {
                "symbol": ["USD/CNY,USD/EUR,USD/XPF"],
                "interval": ["1day"],
                "timezone": ["UTC"],
                "start_date": ["2026-03-05"],
                "end_date": ["2026-03-06 23:59:59"],
            },
        )
        [headers] = self.publisher.headers
        self.assertEqual(headers["Authorization"], f"apikey {KEY}")

    def test_more_pairs_than_a_minute_has(self):
        self.fetch(FRIDAY, FRIDAY, "AED AUD BRL CAD CHF CNY EUR GBP JPY KWD USD")
        symbols = [
            parse_qs(urlsplit(asked).query)["symbol"][0].split(",")
            for asked in self.publisher.asked
        ]
        self.assertEqual([len(pairs) for pairs in symbols], [8, 2])
        self.assertEqual(symbols[1], ["USD/JPY", "USD/KWD"])

    def test_one_pair(self):
        self.publisher.answers["/time_series"] = PAIR
        self.assertEqual(len(self.fetch(WEDNESDAY, FRIDAY, "CNY USD")), 3)

    def test_no_data_on_these_days(self):
        for status in (200, 400):
            self.publisher.answers["/time_series"] = (
                lambda handler, _times, status=status: reply(
                    handler, error(400, NOTHING), status
                )
            )
            with self.subTest(status):
                self.assertEqual(self.fetch(SATURDAY, SATURDAY, "CNY"), [])

    def test_refusals(self):
        for status, body, error_class in (
            (200, ERROR, errors.KeyRefused),
            (401, ERROR, errors.KeyRefused),
            (404, error(404), errors.NotPublished),
            (200, error(429), errors.TooManyRequests),
            (429, error(429), errors.TooManyRequests),
            (403, b"<html>no</html>", errors.RequestRefused),
        ):
            self.publisher.answers["/time_series"] = (
                lambda handler, _times, status=status, body=body: reply(
                    handler, body, status
                )
            )
            with self.subTest(status, body=body[:30]):
                with self.assertRaises(error_class) as caught:
                    self.fetch(FRIDAY, FRIDAY)
                self.assertNotIn(KEY, str(caught.exception))
