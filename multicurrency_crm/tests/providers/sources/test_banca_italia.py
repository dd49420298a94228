"""The Banca d'Italia's days: many currencies, of several countries each."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

FRIDAY = datetime.date(2026, 3, 6)
MONDAY = datetime.date(2026, 3, 9)


@tagged("post_install", "-at_install")
class TestBancaItalia(AdapterCases, BaseCase):
    code = "banca_italia"
    fixtures = (
        "banca_italia/day.csv",
        "banca_italia/second_day.csv",
        "banca_italia/day_italian.csv",
        "banca_italia/day.json",
    )

    def test_day(self):
        quotes = self.by_key(fixture("banca_italia/day.csv"))
        codes = {code for _day, code, _kind in quotes}
        self.assertEqual(codes, {"XOF", "CNY", "JPY", "KWD", "USD", "VND"})
        dong = quotes[FRIDAY, "VND", "mid"]
        self.assertEqual(str(dong), "1 EUR = 27504.0000 VND")
        self.assertEqual(dong.rate, Decimal("27504"))

    def test_second_day(self):
        quotes = self.by_key(fixture("banca_italia/second_day.csv"))
        self.assertEqual({day for day, _code, _kind in quotes}, {MONDAY})
        self.assertEqual(str(quotes[MONDAY, "CNY", "mid"].value), "7.8201")

    def test_both_forms_and_languages_say_the_same(self):
        day = self.by_key(fixture("banca_italia/day.csv"))
        for name in ("day_italian.csv", "day.json"):
            with self.subTest(name):
                quotes = self.by_key(fixture(f"banca_italia/{name}"))
                self.assertEqual(len(quotes), 2)
                self.assertLessEqual(quotes.items(), day.items())

    def test_weekend(self):
        for name in ("weekend.csv", "weekend.json"):
            with self.subTest(name):
                self.assertRefused(fixture(f"banca_italia/{name}"), errors.NoQuotes)

    def test_no_rate_is_left_out_and_zero_is_none(self):
        day = fixture("banca_italia/day.csv")
        self.assertNotIn((FRIDAY, "BYN", "mid"), self.by_key(day))
        zero = day.replace(b"N.A.", b"0.0000")
        self.assertRefused(zero, errors.FormatError, "BYN")
        refused = []
        self.assertEqual(len(self.parse(zero, refused=refused)), 6)
        self.assertEqual([quote.currency for quote in refused], ["BYN"])

    def test_two_rates_of_one_currency(self):
        payload = fixture("banca_italia/day.csv").replace(b"655.957000", b"655.958")
        self.assertRefused(payload, errors.FormatError, "XOF has two rates")

    def test_another_way_of_quoting(self):
        payload = fixture("banca_italia/second_day.csv").replace(
            b"Foreign currency amount for 1 Euro.", b"Euro for 1 unit of it.", 1
        )
        self.assertRefused(payload, errors.FormatError, "Euro for 1 unit")

    def test_rows_are_missing(self):
        day = fixture("banca_italia/day.json")
        self.assertRefused(
            day.replace(b'"totalRecords": 3', b'"totalRecords": 4'),
            errors.FormatError,
            "whole answer",
        )
        self.assertRefused(
            fixture("banca_italia/day.csv").replace(b",KWD,102", b",KWD"),
            errors.FormatError,
            "whole answer",
        )


@tagged("post_install", "-at_install")
class TestBancaItaliaRequests(Loopback, BaseCase):
    code = "banca_italia"

    def test_one_request_a_day_and_none_on_weekends(self):
        path = "/dailyRates?referenceDate=%s&currencyIsoCode=EUR&lang=en"
        # on Monday too: not the day asked for counts, but the one in the answer
        self.publisher.answers["/dailyRates"] = fixture("banca_italia/day.csv")
        quotes = self.fetch(FRIDAY, MONDAY, MONDAY)
        self.assertEqual(self.publisher.asked, [path % FRIDAY, path % MONDAY])
        self.assertEqual(self.publisher.headers[0]["Accept"], "text/csv")
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})

    def test_error_answers(self):
        path = "/dailyRates"
        self.publisher.answers[path] = b'{"message": "out of order"}'
        with self.assertRaises(errors.FormatError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.publisher.answers[path] = lambda handler, _n: reply(handler, b"", 400)
        with self.assertRaises(errors.RequestRefused):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
