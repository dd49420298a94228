"""What the adapters of one house share, besides what every adapter does."""

import datetime
import json

from ...providers import errors, registry
from .adapter_cases import AdapterCases
from .common import fixture, reply
from .loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
KEY = "0123456789abcdef0123456789abcdef"


def refused(code, name="", info="What it says."):
    """A refusal of the house."""
    error = {"code": code, "type": name, "info": info}
    return json.dumps({"success": False, "error": error}).encode()


class ApiLayerCases(AdapterCases):
    """A parser, on the fixtures of its service.

    They hold a Friday, a Saturday without the yen, and a span from Wednesday to Friday.
    """

    day = newest = span = conversion = ""
    #: name of the table in an answer
    table = "quotes"
    #: the first figure of Friday, and how yuan are quoted on that day
    figure = yuan = ""

    @property
    def fixtures(self):
        return (self.day, self.newest, self.span)

    def test_day(self):
        quotes = self.by_key(fixture(self.day))
        self.assertEqual({day for day, _code, _kind in quotes}, {FRIDAY})
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"]), self.yuan)

    def test_saturday_lacks_a_currency(self):
        quotes = self.by_key(fixture(self.newest))
        self.assertIn((SATURDAY, "CNY", "mid"), quotes)
        self.assertNotIn((SATURDAY, "JPY", "mid"), quotes)

    def test_span(self):
        quotes = self.by_key(fixture(self.span))
        self.assertEqual(len({day for day, _code, _kind in quotes}), 3)
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"]), self.yuan)
        self.assertNotEqual(str(quotes[THURSDAY, "CNY", "mid"]), self.yuan)

    def test_labels(self):
        """Coins, islands and what has ended are no currencies; metals have codes."""
        codes = {quote.currency for quote in self.parse(fixture(self.day))}
        self.assertLessEqual({"AED", "CNH", "CNY", "KWD", "XAU"}, codes)
        self.assertFalse({"BTC", "GGP", "BGN", "ZWL", self.adapter.base} & codes)

    def test_conversion(self):
        [quote] = self.parse(fixture(self.conversion))
        self.assertEqual(str(quote), "1 EUR = 7.8124 CNY")
        self.assertEqual(quote.date, SATURDAY)

    def test_empty_tables(self):
        """An empty one is written as a list."""
        answer = json.loads(fixture(self.day))
        for table in ([], {}):
            answer[self.table] = table
            self.assertRefused(json.dumps(answer).encode(), errors.NoQuotes)
        answer = json.loads(fixture(self.span))
        answer[self.table]["2026-03-05"] = []
        days = {quote.date for quote in self.parse(json.dumps(answer).encode())}
        self.assertEqual(len(days), 2)

    def test_tables_that_cannot_be(self):
        for name in (self.day, self.span):
            answer = json.loads(fixture(name))
            for table in (None, 1, "x", [1], {"2026-03-05": 7}, {"XAU": {"a": 1}}):
                with self.subTest(name, table=table):
                    payload = json.dumps({**answer, self.table: table}).encode()
                    self.assertRefused(payload)

    def test_zero(self):
        payload = fixture(self.day).replace(self.figure.encode(), b"0")
        self.assertRefused(payload, errors.FormatError, "2026-03-06")

    def test_refusals(self):
        for code, name, error in (
            (101, "invalid_access_key", errors.KeyRefused),
            (101, "missing_access_key", errors.KeyRefused),
            ("invalid_access_key", None, errors.KeyRefused),
            (102, "inactive_user", errors.KeyRefused),
            (104, "usage_limit_reached", errors.TooManyRequests),
            (106, "rate_limit_reached", errors.TooManyRequests),
            (106, "no_rates_available", errors.NoQuotes),
            (105, "https_access_restricted", errors.RequestRefused),
            (302, "invalid_date", errors.RequestRefused),
            (404, "404_not_found", errors.RequestRefused),
            (None, None, errors.RequestRefused),
        ):
            with self.subTest(name, code=code):
                self.assertRefused(refused(code, name), error, "What it says")
        for payload in (
            b'{"success": false}',
            b'{"success": false, "error": "no"}',
            b'{"success": false, "error": {"code": 105}}',
            refused(105, "x", "wordy " * 500),
            refused(105, "x", {"a": [1]}),
        ):
            with self.subTest(payload[:60]):
                self.assertRefused(payload, errors.RequestRefused)


class ApiLayerRequests(Loopback):
    """What is asked, with the same fixtures."""

    day = newest = span = ""
    #: paths of the newest rates, of a day and of a span, without the key
    newest_path = day_path = span_path = ""

    def setUp(self):
        super().setUp()
        self.publisher.answers = {
            self.keyed(self.newest_path): fixture(self.newest),
            self.keyed(self.day_path % FRIDAY): fixture(self.day),
        }

    def keyed(self, path):
        """A path with the key as its first parameter."""
        path, _mark, query = path.partition("?")
        return f"/{path}?access_key={KEY}" + (f"&{query}" if query else "")

    def fetch(self, date_from, date_to, today=SATURDAY):
        return super().fetch(date_from, date_to, today, api_key=KEY)

    def assertAsked(self, *paths):
        self.assertEqual(self.publisher.asked, [self.keyed(path) for path in paths])
        self.publisher.asked.clear()

    def test_the_newest(self):
        quotes = self.fetch(SATURDAY, SATURDAY)
        self.assertEqual({quote.date for quote in quotes}, {SATURDAY})
        self.assertAsked(self.newest_path)

    def test_a_day_that_is_over(self):
        quotes = self.fetch(FRIDAY, FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        self.assertAsked(self.day_path % FRIDAY)

    def span_from(self, days):
        """The path of the span of some days that ends on Friday."""
        first = FRIDAY - datetime.timedelta(days - 1)
        return self.span_path % (first, FRIDAY)

    def test_a_span_is_one_request(self):
        """What is over, that is: today's have a request of their own."""
        self.publisher.answers[self.keyed(self.span_from(3))] = fixture(self.span)
        quotes = self.fetch(FRIDAY - datetime.timedelta(2), SATURDAY)
        self.assertEqual(len({quote.date for quote in quotes}), 4)
        self.assertAsked(self.span_from(3), self.newest_path)

    def test_a_plan_without_spans_is_asked_day_by_day(self):
        days = [FRIDAY - datetime.timedelta(n) for n in (2, 1, 0)]
        for day in days[:2]:
            path = self.keyed(self.day_path % day)
            self.publisher.answers[path] = refused(106, "no_rates_available")
        for status in (200, 403):
            self.publisher.answers[self.keyed(self.span_from(3))] = (
                lambda handler, _times, status=status: reply(
                    handler, refused(105, "function_access_restricted"), status
                )
            )
            quotes = self.fetch(days[0], FRIDAY)
            self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
            paths = [self.day_path % day for day in days]
            self.assertAsked(self.span_from(3), *paths)

    def test_long_spans_are_cut(self):
        longest = registry.get(self.code).longest_range
        first = FRIDAY - datetime.timedelta(longest)
        split = FRIDAY - datetime.timedelta(1)
        path = self.span_path % (first, split)
        self.publisher.answers[self.keyed(path)] = fixture(self.span)
        self.assertTrue(self.fetch(first, FRIDAY))
        self.assertAsked(path, self.day_path % FRIDAY)

    def test_no_more_requests_after_a_refusal(self):
        """Neither a wrong key nor a used-up month is asked about day by day."""
        for code, error in (
            (101, errors.KeyRefused),
            (104, errors.TooManyRequests),
        ):
            path = self.keyed(self.span_from(3))
            self.publisher.answers[path] = refused(code, info=f"Not for {KEY}.")
            with self.subTest(code), self.assertRaises(error) as caught:
                self.fetch(FRIDAY - datetime.timedelta(2), FRIDAY)
            self.assertNotIn(KEY, str(caught.exception))
            self.assertAsked(self.span_from(3))

    def test_an_error_page(self):
        self.publisher.answers.clear()
        with self.assertRaises(errors.NotPublished):
            self.fetch(SATURDAY, SATURDAY)
