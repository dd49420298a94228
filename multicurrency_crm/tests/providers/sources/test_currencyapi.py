"""currencyapi.com: the day of a stamp, a base that nobody names, and plans."""

import datetime
import json

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ....providers.http import Client
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

WEDNESDAY = datetime.date(2026, 3, 4)
THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
SUNDAY = datetime.date(2026, 3, 8)
KEY = "cur_live_0123456789abcdef"
DAY = fixture("currencyapi/historical.json")
LATEST = fixture("currencyapi/latest.json")
EURO = fixture("currencyapi/euro.json")
RANGE = fixture("currencyapi/range.json")


@tagged("post_install", "-at_install")
class TestCurrencyApi(AdapterCases, BaseCase):
    code = "currencyapi"
    fixtures = (
        "currencyapi/historical.json",
        "currencyapi/latest.json",
        "currencyapi/range.json",
    )

    def test_the_last_second_of_a_day_is_of_that_day(self):
        quotes = self.by_key(DAY)
        self.assertEqual({day for day, _code, _kind in quotes}, {FRIDAY})
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"]), "1 USD = 7.2124010911 CNY")
        hourly = DAY.replace(b"T23:59:59Z", b"T13:59:59Z")
        self.assertEqual(self.by_key(hourly).keys(), quotes.keys())

    def test_saturday_lacks_a_currency(self):
        quotes = self.by_key(LATEST)
        self.assertIn((SATURDAY, "CNY", "mid"), quotes)
        self.assertNotIn((SATURDAY, "JPY", "mid"), quotes)

    def test_range(self):
        quotes = self.by_key(RANGE)
        days = {day for day, _code, _kind in quotes}
        self.assertEqual(days, {WEDNESDAY, THURSDAY, FRIDAY})
        self.assertEqual(str(quotes[THURSDAY, "EUR", "mid"].value), "0.9244041")

    def test_labels(self):
        """Coins of any length, islands and what has ended are no currencies."""
        expected = set("AED BMD BSD CNY EUR JPY KWD XAU ZWG".split())
        self.assertEqual({quote.currency for quote in self.parse(DAY)}, expected)

    def test_base(self):
        """No answer names it, and some currencies are tied to the dollar at 1."""
        self.assertEqual({quote.base for quote in self.parse(EURO)}, {"EUR"})
        for code, figure in (("EUR", 2), ("AED", 1)):
            answer = json.loads(EURO)
            answer["data"][code]["value"] = figure
            payload = json.dumps(answer).encode()
            with self.subTest(code):
                self.assertRefused(payload, errors.FormatError, "an answer")
        answer = json.loads(DAY)
        for code in ("USD", "BSD", "BMD"):
            del answer["data"][code]
        bases = {quote.base for quote in self.parse(json.dumps(answer).encode())}
        self.assertEqual(bases, {"USD"})

    def test_zero(self):
        payload = DAY.replace(b"7.2124010911", b"0")
        self.assertRefused(payload, errors.FormatError, "CNY.*2026-03-06")

    def test_empty(self):
        for payload in (
            b'{"meta":{"last_updated_at":"2026-03-06T23:59:59Z"},"data":[]}',
            b'{"meta":{"last_updated_at":"2026-03-06T23:59:59Z"},"data":{}}',
            b'{"data":[{"datetime":"2026-03-06T23:59:59Z","currencies":[]}]}',
        ):
            with self.subTest(payload):
                self.assertRefused(payload, errors.NoQuotes)

    def test_answers_that_cannot_be(self):
        meta = {"last_updated_at": "2026-03-06T23:59:59Z"}
        for answer in (
            {"meta": meta},
            {"meta": meta, "data": None},
            {"meta": meta, "data": {"CNY": 7.2}},
            {"meta": meta, "data": {"CNY": {"code": "EUR", "value": 7.2}}},
            {"meta": meta, "data": {"CNY": {"code": "CNY", "value": {}}}},
            {"meta": None, "data": {"CNY": {"code": "CNY", "value": 7.2}}},
            {"meta": {}, "data": {"CNY": {"code": "CNY", "value": 7.2}}},
            {"data": [1]},
            {"data": [{}]},
            {"data": [{"datetime": "2026-03-06T23:59:59Z"}]},
        ):
            with self.subTest(answer):
                payload = json.dumps(answer).encode()
                self.assertRefused(payload, errors.FormatError)

    def test_refusals(self):
        for message, error in (
            ("Invalid authentication credentials", errors.KeyRefused),
            ("No API key found in request", errors.KeyRefused),
            (
                "You used all your monthly requests. Please upgrade",
                errors.TooManyRequests,
            ),
            ("You are not allowed to use this endpoint", errors.RequestRefused),
        ):
            with self.subTest(message):
                payload = json.dumps({"message": message}).encode()
                self.assertRefused(payload, error, message)
        self.assertRefused(
            fixture("currencyapi/error.json"),
            errors.RequestRefused,
            "currency is invalid",
        )
        for details in (None, 1, [], {"a": None}, {"a": ["b" * 900]}):
            payload = json.dumps({"message": "No.", "errors": details}).encode()
            self.assertRefused(payload, errors.RequestRefused)


@tagged("post_install", "-at_install")
class TestCurrencyApiRequests(Loopback, BaseCase):
    code = "currencyapi"

    def setUp(self):
        super().setUp()
        # the least time between two requests is the client's own, and tested there
        self.patch(Client, "_due_in", lambda client: 0)
        self.publisher.answers = {
            "/latest?base_currency=USD": LATEST,
            self.day(FRIDAY): DAY,
        }

    def day(self, day):
        return f"/historical?base_currency=USD&date={day}"

    def span(self, first, last):
        end = f"datetime_start={first}T00%3A00%3A00Z&datetime_end={last}T23%3A59%3A59Z"
        return f"/range?base_currency=USD&accuracy=day&{end}"

    def fetch(self, date_from, date_to, today=SATURDAY):
        return super().fetch(date_from, date_to, today, api_key=KEY)

    def test_the_newest_with_the_key_in_a_header(self):
        quotes = self.fetch(SATURDAY, SATURDAY)
        self.assertEqual({quote.date for quote in quotes}, {SATURDAY})
        self.assertEqual(self.publisher.asked, ["/latest?base_currency=USD"])
        self.assertEqual(self.publisher.headers[0]["apikey"], KEY)

    def test_today_is_over_half_an_hour_after_midnight(self):
        """The free plan's newest are of the day that has just ended."""
        calendar = registry.get(self.code).calendar
        now = datetime.datetime(2026, 3, 8, 0, 45, tzinfo=datetime.UTC)
        self.assertEqual(calendar.today(now), SATURDAY)
        self.assertEqual(calendar.newest_expected(now), SATURDAY)
        noon = now.replace(hour=12)
        self.assertEqual(calendar.today(noon), SUNDAY)
        self.assertEqual(calendar.newest_expected(noon), SATURDAY)

    def test_a_day_that_is_over(self):
        self.assertTrue(self.fetch(FRIDAY, FRIDAY))
        self.assertEqual(self.publisher.asked, [self.day(FRIDAY)])

    def test_a_span_is_one_request(self):
        path = self.span(WEDNESDAY, FRIDAY)
        self.publisher.answers[path] = RANGE
        quotes = self.fetch(WEDNESDAY, SATURDAY)
        self.assertEqual(len({quote.date for quote in quotes}), 4)
        self.assertEqual(self.publisher.asked, [path, "/latest?base_currency=USD"])

    def test_a_plan_without_ranges_is_asked_day_by_day(self):
        path = self.span(WEDNESDAY, FRIDAY)
        self.publisher.answers[path] = lambda handler, _times: reply(
            handler, b'{"message":"You are not allowed to use this endpoint"}', 403
        )
        days = (WEDNESDAY, THURSDAY, FRIDAY)
        for day in days:
            self.publisher.answers[self.day(day)] = DAY.replace(
                b"2026-03-06", str(day).encode()
            )
        quotes = self.fetch(WEDNESDAY, FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, set(days))
        self.assertEqual(self.publisher.asked, [path, *map(self.day, days)])

    def test_refusals(self):
        for status, body, error in (
            (
                401,
                b'{"message":"Invalid authentication credentials"}',
                errors.KeyRefused,
            ),
            (422, fixture("currencyapi/error.json"), errors.RequestRefused),
            (429, b'{"message":"You used all"}', errors.TooManyRequests),
            (403, b"<html>no</html>", errors.RequestRefused),
            (500, b'{"message":"Server Error"}', errors.TransportError),
        ):
            with self.subTest(status):
                self.publisher.answers[self.day(FRIDAY)] = (
                    lambda handler, _times, status=status, body=body: reply(
                        handler, body, status
                    )
                )
                with self.assertRaises(error):
                    self.fetch(FRIDAY, FRIDAY)
