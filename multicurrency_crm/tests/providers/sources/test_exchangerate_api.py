"""ExchangeRate-API with a key and without: labels that are no currency, plans."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
KEY = "0123456789abcdef01234567"
LATEST = fixture("exchangerate_api/latest.json")
OPEN = fixture("exchangerate_api/open.json")
HISTORY = fixture("exchangerate_api/history.json")
ERROR = fixture("exchangerate_api/error.json")


def error(said):
    """A refusal with another reason."""
    return ERROR.replace(b"plan-upgrade-required", said.encode())


@tagged("post_install", "-at_install")
class TestExchangeRateApi(AdapterCases, BaseCase):
    code = "exchangerate_api"
    fixtures = (
        "exchangerate_api/latest.json",
        "exchangerate_api/open.json",
        "exchangerate_api/history.json",
        "exchangerate_api/history_2021.json",
    )

    def test_day(self):
        """The day of the last update in UTC, wherever the server is."""
        quotes = self.by_key(LATEST)
        self.assertEqual({day for day, _code, _kind in quotes}, {FRIDAY})
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"]), "1 USD = 7.2124 CNY")

    def test_saturday_lacks_a_currency(self):
        quotes = self.by_key(OPEN)
        self.assertEqual(str(quotes[SATURDAY, "CNY", "mid"].value), "7.218")
        self.assertNotIn((SATURDAY, "JPY", "mid"), quotes)

    def test_labels(self):
        """Islands have no code of their own, and what has ended has no rate."""
        expected = set("AED CNH CNY EUR GBP JPY KWD SLE XDR ZWG".split())
        self.assertEqual({quote.currency for quote in self.parse(LATEST)}, expected)

    def test_past_day(self):
        """What had not ended then has a rate; the day has no leading zeros."""
        quotes = self.by_key(fixture("exchangerate_api/history_2021.json"))
        day = datetime.date(2021, 11, 30)
        codes = {code for date, code, _kind in quotes if date == day}
        self.assertEqual(codes, {"BGN", "EUR", "HRK", "SLL"})
        self.assertEqual({quote.date for quote in self.parse(HISTORY)}, {THURSDAY})

    def test_pair(self):
        [quote] = self.parse(fixture("exchangerate_api/pair.json"))
        self.assertEqual(str(quote), "1 EUR = 7.8124 CNY")
        self.assertEqual(quote.date, FRIDAY)

    def test_another_base(self):
        payload = LATEST.replace(b'"base_code": "USD"', b'"base_code": "EUR"')
        quotes = self.by_key(payload)
        self.assertEqual(quotes[FRIDAY, "CNY", "mid"].base, "EUR")
        self.assertRefused(payload.replace(b'"EUR",', b"7,"), errors.FormatError)

    def test_refusals(self):
        for said, error_class in (
            ("invalid-key", errors.KeyRefused),
            ("inactive-account", errors.KeyRefused),
            ("quota-reached", errors.TooManyRequests),
            ("no-data-available", errors.NoQuotes),
            ("plan-upgrade-required", errors.RequestRefused),
            ("something new", errors.RequestRefused),
        ):
            with self.subTest(said):
                self.assertRefused(error(said), error_class, said)
        self.assertRefused(b'{"result":"error"}', errors.RequestRefused)
        self.assertRefused(error("wordy " * 500), errors.RequestRefused)

    def test_days_that_cannot_be(self):
        for other in (b"0", b"-5", b"31.5", b'"x"', b"null", b"1e30", b"[3]", b"35"):
            with self.subTest(other):
                payload = HISTORY.replace(b'"day": 5', b'"day": ' + other)
                self.assertRefused(payload, errors.FormatError, "valid date")
                payload = LATEST.replace(b"1772755201", other)
                if other != b"35":
                    payload = payload.replace(b": 31.5", b": -31.5")
                    self.assertRefused(payload, errors.FormatError, "valid date")

    def test_empty_and_zero(self):
        payload = b'{"result":"success","base_code":"USD","time_last_update_unix":'
        payload += b'1772755201,"conversion_rates":{"USD":1}}'
        self.assertRefused(payload, errors.NoQuotes)
        payload = LATEST.replace(b"7.2124", b"0")
        self.assertRefused(payload, errors.FormatError, "CNY.*2026-03-06")


@tagged("post_install", "-at_install")
class TestExchangeRateApiRequests(Loopback, BaseCase):
    code = "exchangerate_api"

    def fetch(self, date_from, date_to, today=FRIDAY):
        return super().fetch(date_from, date_to, today, api_key=KEY)

    def test_the_newest_with_the_key_in_a_header(self):
        self.publisher.answers["/latest/USD"] = LATEST
        self.assertEqual({q.date for q in self.fetch(FRIDAY, FRIDAY)}, {FRIDAY})
        self.assertEqual(self.publisher.asked, ["/latest/USD"])
        [headers] = self.publisher.headers
        self.assertEqual(headers["Authorization"], f"Bearer {KEY}")

    def test_past_days_are_a_request_each(self):
        self.publisher.answers["/latest/USD"] = LATEST
        self.publisher.answers["/history/USD/2026/3/5"] = HISTORY
        self.publisher.answers["/history/USD/2026/3/4"] = error("no-data-available")
        quotes = self.fetch(THURSDAY - datetime.timedelta(1), FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY, FRIDAY})
        self.assertEqual(
            self.publisher.asked,
            ["/history/USD/2026/3/4", "/history/USD/2026/3/5", "/latest/USD"],
        )

    def test_a_plan_without_history_gives_the_newest(self):
        """As long as that is wanted; else the refusal says why there is nothing."""

        def refuse(handler, _times):
            reply(handler, ERROR, 403)

        self.publisher.answers["/latest/USD"] = LATEST
        for answer in (ERROR, refuse):
            self.publisher.answers["/history/USD/2026/3/4"] = answer
            self.publisher.asked.clear()
            quotes = self.fetch(THURSDAY - datetime.timedelta(1), FRIDAY)
            self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
            self.assertEqual(
                self.publisher.asked, ["/history/USD/2026/3/4", "/latest/USD"]
            )
            self.publisher.answers["/history/USD/2026/3/5"] = answer
            with self.assertRaisesRegex(errors.RequestRefused, "plan-upgrade"):
                self.fetch(THURSDAY, THURSDAY)

    def test_just_after_midnight_it_is_yesterdays(self):
        self.publisher.answers["/latest/USD"] = LATEST
        self.assertEqual(self.fetch(SATURDAY, SATURDAY, SATURDAY), [])

    def test_a_key_that_is_wrong(self):
        for status in (200, 403, 404):
            with self.subTest(status):
                self.publisher.answers["/latest/USD"] = (
                    lambda handler, _times, status=status: reply(
                        handler, error("invalid-key"), status
                    )
                )
                with self.assertRaises(errors.KeyRefused):
                    self.fetch(FRIDAY, FRIDAY)

    def test_an_error_page(self):
        with self.assertRaises(errors.NotPublished):
            self.fetch(FRIDAY, FRIDAY)


@tagged("post_install", "-at_install")
class TestOpenExchangeRateApi(Loopback, BaseCase):
    code = "open_er_api"

    def test_the_newest_without_a_key(self):
        self.publisher.answers["/latest/USD"] = OPEN
        quotes = self.fetch(THURSDAY, SATURDAY, SATURDAY)
        self.assertEqual({quote.date for quote in quotes}, {SATURDAY})
        self.assertEqual({quote.source for quote in quotes}, {"open_er_api"})
        self.assertEqual(self.publisher.asked, ["/latest/USD"])
        self.assertNotIn("Authorization", self.publisher.headers[0])

    def test_just_after_midnight_it_is_yesterdays(self):
        self.publisher.answers["/latest/USD"] = LATEST
        self.assertTrue(self.fetch(FRIDAY, FRIDAY, SATURDAY))

    def test_days_that_are_over(self):
        self.assertEqual(self.fetch(THURSDAY, THURSDAY, SATURDAY), [])
        self.assertEqual(self.publisher.asked, [])

    def test_asked_too_often(self):
        self.publisher.answers["/latest/USD"] = lambda handler, _times: reply(
            handler, b"", 429
        )
        with self.assertRaises(errors.TooManyRequests):
            self.fetch(SATURDAY, SATURDAY, SATURDAY)

    def test_credit(self):
        adapter = registry.get(self.code)
        self.assertIn("Rates By Exchange Rate API", adapter.attribution)
        self.assertFalse(adapter.needs_key)
