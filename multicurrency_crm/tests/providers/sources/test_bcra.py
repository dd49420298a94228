"""Argentina's table: junk codes, metals of zero, units told in words."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....engine.rates import divide
from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)


@tagged("post_install", "-at_install")
class TestBcra(AdapterCases, BaseCase):
    code = "bcra"
    fixtures = ("bcra/day.json", "bcra/history.json")

    def test_day(self):
        quotes = self.by_key(fixture("bcra/day.json"))
        codes = {code for _day, code, _kind in quotes}
        self.assertEqual(codes, {"AUD", "CNY", "USD", "VND"})
        dollar = quotes[THURSDAY, "USD", "mid"]
        self.assertEqual(str(dollar), "1 USD = 1409.00000000 ARS")

    def test_units_in_the_description(self):
        quotes = self.by_key(fixture("bcra/day.json"))
        dong = quotes[THURSDAY, "VND", "mid"]
        self.assertEqual(str(dong), "1000 VND = 53.54200000 ARS")
        self.assertEqual(dong.rate, divide(1000, Decimal("53.542")))
        payload = fixture("bcra/day.json").replace(b"C/1.000 UNIDADES", b"c/100 unid.")
        self.assertEqual(self.by_key(payload)[THURSDAY, "VND", "mid"].nominal, 100)

    def test_history_of_a_currency(self):
        quotes = self.by_key(fixture("bcra/history.json"))
        self.assertEqual({day for day, *_ in quotes}, {THURSDAY, FRIDAY})
        self.assertEqual(quotes[FRIDAY, "VND", "mid"].nominal, 1000)

    def test_holiday(self):
        self.assertRefused(fixture("bcra/holiday.json"), errors.NoQuotes)
        payload = fixture("bcra/day.json").replace(b'"2026-03-05"', b"null")
        self.assertRefused(payload, errors.FormatError, "valid date")

    def test_zero_and_null(self):
        zero = fixture("bcra/day.json").replace(b"204.30500000", b"0.00000000")
        self.assertRefused(zero, errors.FormatError, "CNY.*2026-03-05")
        refused = []
        self.assertEqual(len(self.parse(zero, refused=refused)), 3)
        self.assertEqual([quote.currency for quote in refused], ["CNY"])
        null = fixture("bcra/day.json").replace(b"204.30500000", b"null")
        self.assertEqual(len(self.parse(null)), 3)

    def test_a_currency_twice(self):
        """The same figure once; of two figures neither, and somebody hears of it."""
        twice = fixture("bcra/day.json").replace(b"AUD", b"CNY")
        self.assertRefused(twice, errors.FormatError, "204.* / 986.*CNY")
        refused = []
        quotes = self.parse(twice, refused=refused)
        self.assertNotIn("CNY", {quote.currency for quote in quotes})
        self.assertEqual([quote.currency for quote in refused], ["CNY"])
        same = twice.replace(b"986.30000000", b"204.30500000")
        self.assertIn((THURSDAY, "CNY", "mid"), self.by_key(same))

    def test_other_answers(self):
        payload = fixture("bcra/error_date.json")
        self.assertRefused(payload, errors.RequestRefused, "Parámetro erróneo")
        for payload in (
            b'{"status":200,"results":[{"codigo":"USD","denominacion":"DOLAR"}]}',
            fixture("bcra/day.json").replace(b"tipoCotizacion", b"cotizacion"),
            fixture("bcra/day.json").replace(b'"USD"', b"null"),
            fixture("bcra/day.json").replace(b'"USD"', b'"US dollar"'),
        ):
            self.assertRefused(payload, errors.FormatError)


@tagged("post_install", "-at_install")
class TestBcraRequests(Loopback, BaseCase):
    code = "bcra"

    def test_a_request_for_each_weekday(self):
        thursday = "/Cotizaciones?fecha=2026-03-05"
        friday = "/Cotizaciones?fecha=2026-03-06"
        self.publisher.answers = {
            thursday: fixture("bcra/day.json"),
            friday: fixture("bcra/holiday.json"),
        }
        quotes = self.fetch(THURSDAY, SATURDAY, SATURDAY)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY})
        self.assertEqual(self.publisher.asked, [thursday, friday])

    def test_another_day_than_asked_for(self):
        path = "/Cotizaciones?fecha=2026-03-06"
        self.publisher.answers[path] = fixture("bcra/day.json")
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])

    def test_refusals(self):
        words = fixture("bcra/error_date.json")
        for answer, pattern in ((words, "erróneo"), (b"<html>", "400")):
            with self.subTest(pattern):
                self.publisher.answers["/Cotizaciones"] = (
                    lambda handler, _n, answer=answer: reply(handler, answer, 400)
                )
                with self.assertRaisesRegex(errors.RequestRefused, pattern):
                    self.fetch(FRIDAY, FRIDAY, FRIDAY)
