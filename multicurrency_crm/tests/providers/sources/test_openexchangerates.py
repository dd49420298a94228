"""Open Exchange Rates: time stamps for dates, and refusals in words."""

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
KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestOpenExchangeRates(AdapterCases, BaseCase):
    code = "openexchangerates"
    fixtures = (
        "openexchangerates/historical.json",
        "openexchangerates/latest.json",
        "openexchangerates/time_series.json",
    )

    def test_day(self):
        """The last second of a day in UTC is of that day, wherever the server is."""
        quotes = self.by_key(fixture("openexchangerates/historical.json"))
        self.assertEqual({day for day, _code, _kind in quotes}, {FRIDAY})
        quote = quotes[FRIDAY, "CNY", "mid"]
        self.assertEqual(str(quote), "1 USD = 7.2124 CNY")
        self.assertEqual(quote.rate, Decimal("7.2124"))

    def test_second_day_lacks_a_currency(self):
        quotes = self.by_key(fixture("openexchangerates/latest.json"))
        self.assertEqual(str(quotes[SATURDAY, "CNY", "mid"].value), "7.2180")
        self.assertNotIn((SATURDAY, "JPY", "mid"), quotes)

    def test_codes(self):
        """Metals and offshore renminbi have codes, bitcoin and black markets none."""
        for name in self.fixtures[:2]:
            codes = {quote.currency for quote in self.parse(fixture(name))}
            self.assertLessEqual({"AED", "BGN", "CNH", "CNY", "EUR", "XAU"}, codes)
            self.assertFalse({"USD", "BTC", "VEF_BLKMKT"} & codes)

    def test_series(self):
        quotes = self.by_key(fixture("openexchangerates/time_series.json"))
        self.assertEqual(len(quotes), 4)
        self.assertEqual(str(quotes[THURSDAY, "EUR", "mid"].value), "0.9244")

    def test_empty(self):
        self.assertRefused(fixture("openexchangerates/empty.json"), errors.NoQuotes)

    def test_refusals(self):
        for status, error, words in (
            (400, errors.NoQuotes, "no rates of that day"),
            (401, errors.KeyRefused, "Invalid App ID"),
            (403, errors.RequestRefused, "needs another plan"),
            (429, errors.TooManyRequests, "over-use"),
        ):
            with self.subTest(status):
                payload = fixture(f"openexchangerates/error_{status}.json")
                self.assertRefused(payload, error, words)
        for status in (b'"x"', b"[]", b"{}", b"null", b"1e999", b"NaN"):
            with self.subTest(status):
                payload = fixture("openexchangerates/error_403.json")
                self.assertRefused(payload.replace(b"403", status))
        payload = fixture("openexchangerates/error_403.json")
        self.assertRefused(payload.replace(b"Changing", b"Changing " * 1000))

    def test_time_stamps_that_cannot_be(self):
        stamp = b"1772841578"
        for other in (b"0", b"-1", b"1e30", b'"1772841578"', b"null", b"[1]", b"true"):
            with self.subTest(other):
                payload = fixture("openexchangerates/historical.json")
                payload = payload.replace(stamp, other)
                self.assertRefused(payload, errors.FormatError)

    def test_zero(self):
        payload = fixture("openexchangerates/historical.json")
        payload = payload.replace(b"7.2124", b"0")
        self.assertRefused(payload, errors.FormatError, "CNY.*2026-03-06")


@tagged("post_install", "-at_install")
class TestOpenExchangeRatesRequests(Loopback, BaseCase):
    code = "openexchangerates"

    def test_today_is_the_newest_and_each_other_day_is_one_request(self):
        friday = f"/historical/2026-03-06.json?app_id={KEY}"
        latest = f"/latest.json?app_id={KEY}"
        self.publisher.answers = {
            friday: fixture("openexchangerates/historical.json"),
            latest: fixture("openexchangerates/latest.json"),
        }
        quotes = self.fetch(FRIDAY, SATURDAY, SATURDAY, api_key=KEY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY, SATURDAY})
        self.assertEqual(self.publisher.asked, [friday, latest])

    def refuse(self, status, body=None):
        """Answer with a status, and the service's own words unless others are given."""
        body = body or fixture(f"openexchangerates/error_{status}.json")
        self.publisher.answers[f"/historical/2026-03-06.json?app_id={KEY}"] = (
            lambda handler, _times: reply(handler, body, status)
        )

    def test_refusals_in_the_services_words(self):
        for status, error, words in (
            (401, errors.KeyRefused, "Invalid App ID"),
            (403, errors.RequestRefused, "needs another plan"),
        ):
            with self.subTest(status):
                self.refuse(status)
                with self.assertRaisesRegex(error, words) as caught:
                    self.fetch(FRIDAY, FRIDAY, SATURDAY, api_key=KEY)
                self.assertNotIn(KEY, str(caught.exception))

    def test_refusals_without_words(self):
        for status, error in ((403, errors.RequestRefused), (401, errors.KeyRefused)):
            with self.subTest(status):
                self.refuse(status, b"<html>no</html>")
                with self.assertRaises(error):
                    self.fetch(FRIDAY, FRIDAY, SATURDAY, api_key=KEY)

    def test_a_day_without_rates_is_no_failure(self):
        self.refuse(400)
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, SATURDAY, api_key=KEY), [])

    def test_too_many_requests(self):
        self.refuse(429)
        with self.assertRaises(errors.TooManyRequests) as caught:
            self.fetch(FRIDAY, FRIDAY, SATURDAY, api_key=KEY)
        self.assertNotIn(KEY, str(caught.exception))
