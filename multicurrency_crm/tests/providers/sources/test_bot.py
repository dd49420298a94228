"""Thailand's rates: units hidden in names, a key in a header, refusals in words."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)
KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestBot(AdapterCases, BaseCase):
    code = "bot"
    fixtures = ("bot/days.json", "bot/thursday.json")

    def test_units_of_the_names(self):
        quotes = self.by_key(fixture("bot/days.json"))
        for code, equation in (
            ("USD", "1 USD = 31.7448000 THB"),
            ("JPY", "100 JPY = 20.3832000 THB"),
            ("IDR", "1000 IDR = 1.8996000 THB"),
        ):
            self.assertEqual(str(quotes[FRIDAY, code, "mid"]), equation)

    def test_three_kinds(self):
        quotes = self.by_key(fixture("bot/days.json"))
        prices = {
            kind: str(quote.value)
            for (day, code, kind), quote in quotes.items()
            if (day, code) == (FRIDAY, "CNY")
        }
        self.assertEqual(
            prices, {"mid": "4.6498000", "buy": "4.6058000", "sell": "4.6938000"}
        )

    def test_blank_figures_are_none(self):
        quotes = self.by_key(fixture("bot/days.json"))
        kinds = {kind for _day, code, kind in quotes if code == "PKR"}
        self.assertEqual(kinds, {"buy"})

    def test_a_second_day(self):
        thursday = self.by_key(fixture("bot/thursday.json"))
        self.assertEqual({day for day, _code, _kind in thursday}, {THURSDAY})
        both = self.by_key(fixture("bot/days.json"))
        self.assertLessEqual(thursday.items(), both.items())

    def test_no_rates(self):
        for name in ("weekend", "blank"):
            payload = fixture(f"bot/{name}.json")
            self.assertRefused(payload, errors.NoQuotes)

    def test_refusals_with_status_200(self):
        for status, error, words in (
            (400, errors.RequestRefused, "longer than 31 days"),
            (401, errors.KeyRefused, "Invalid client"),
            (429, errors.TooManyRequests, "Rate Limit"),
        ):
            with self.subTest(status):
                payload = fixture(f"bot/error_{status}.json")
                self.assertRefused(payload, error, words)
        self.assertRefused(b'{"message": "No"}', errors.RequestRefused, "No")
        self.assertRefused(b'{"result": null}', errors.FormatError)
        self.assertRefused(b'{"result": {"data": []}}', errors.FormatError)

    def test_the_thai_name_will_do(self):
        payload = fixture("bot/thursday.json")
        payload = payload.replace(b"JAPAN : YEN (100 YEN) (JPY) ", b"")
        quotes = self.by_key(payload)
        self.assertEqual(quotes[THURSDAY, "JPY", "mid"].nominal, 100)
        payload = payload.replace(b"currency_name_th", b"name")
        self.assertRefused(payload, errors.FormatError, "for how many")

    def test_zero(self):
        payload = fixture("bot/thursday.json").replace(b"31.6448000", b"0.0000000")
        self.assertRefused(payload, errors.FormatError, "USD")


@tagged("post_install", "-at_install")
class TestBotRequests(Loopback, BaseCase):
    code = "bot"
    path = "/DAILY_AVG_EXG_RATE/"

    def test_the_key_is_a_header(self):
        self.publisher.answers[self.path] = fixture("bot/days.json")
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=KEY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        [asked] = self.publisher.asked
        self.assertEqual(
            asked, f"{self.path}?start_period=2026-03-06&end_period=2026-03-06"
        )
        self.assertEqual(self.publisher.headers[0]["Authorization"], KEY)

    def test_a_month_at_a_time(self):
        self.publisher.answers[self.path] = fixture("bot/weekend.json")
        start = datetime.date(2026, 2, 1)
        self.assertEqual(self.fetch(start, FRIDAY, FRIDAY, api_key=KEY), [])
        self.assertEqual(
            [asked.partition("?")[2] for asked in self.publisher.asked],
            [
                "start_period=2026-02-01&end_period=2026-03-03",
                "start_period=2026-03-04&end_period=2026-03-06",
            ],
        )

    def test_the_key_stays_out_of_errors(self):
        body = fixture("bot/error_401.json").replace(b"client id", KEY.encode())
        self.publisher.answers[self.path] = lambda handler, _n: reply(
            handler, body, 401
        )
        with self.assertRaises(errors.KeyRefused) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=KEY)
        self.assertNotIn(KEY, str(caught.exception) + caught.exception.body)
        self.assertIn("Unauthorized", caught.exception.body)
