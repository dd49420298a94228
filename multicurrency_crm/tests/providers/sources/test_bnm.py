"""Malaysia's rates: noise of binary numbers, drawing rights, days and months."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

WEDNESDAY, FRIDAY = datetime.date(2026, 3, 4), datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestBnm(AdapterCases, BaseCase):
    code = "bnm"
    fixtures = ("bnm/latest.json", "bnm/month_jpy.json", "bnm/day_usd.json")

    def test_a_day(self):
        quotes = self.by_key(fixture("bnm/latest.json"))
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 2.5034 MYR")
        self.assertEqual(str(quotes[FRIDAY, "USD", "buy"]), "1 USD = 3.9412 MYR")
        self.assertEqual(quotes[FRIDAY, "USD", "sell"].value, Decimal("3.9452"))
        self.assertEqual(len(quotes), 13)
        codes = {code for _day, code, _kind in quotes}
        self.assertLessEqual(codes, self.adapter.currencies)

    def test_drawing_rights_have_a_middle_rate_only(self):
        quotes = self.by_key(fixture("bnm/latest.json"))
        kinds = {kind for _day, code, kind in quotes if code == "XDR"}
        self.assertEqual(kinds, {"mid"})

    def test_a_month_says_what_the_day_said(self):
        month = self.by_key(fixture("bnm/month_jpy.json"))
        self.assertEqual(len(month), 7)
        self.assertNotIn((datetime.date(2026, 3, 5), "JPY", "buy"), month)
        known = self.by_key(fixture("bnm/latest.json"))
        both = {k: month[k] for k in month.keys() & known.keys()}
        self.assertEqual(both, {k: known[k] for k in both})
        self.assertEqual(len(both), 3)
        self.assertLessEqual(
            self.by_key(fixture("bnm/day_usd.json")).items(), known.items()
        )

    def test_nothing_there(self):
        for name in ("weekend", "error"):
            payload = fixture(f"bnm/{name}.json")
            self.assertRefused(payload, errors.NoQuotes)
        payload = b'{"message": "Invalid session", "code": 400}'
        self.assertRefused(payload, errors.FormatError, "Invalid session")

    def test_a_currency_without_rates(self):
        payload = b'{"data": {"currency_code": "LAK", "unit": null, "rate": []}}'
        self.assertRefused(payload, errors.NoQuotes)

    def test_the_other_way_round(self):
        payload = fixture("bnm/latest.json").replace(b'"rm"', b'"fx"')
        self.assertRefused(payload, errors.FormatError, "quote=rm")

    def test_other_shapes(self):
        day = fixture("bnm/latest.json")
        for old, new in (
            (b'"unit":100', b'"unit":0'),
            (b'"unit":100', b'"units":100'),
            (b'"2026-03-06"', b'"6 March"'),
            (b'"rate":{', b'"rates":{'),
            (b"3.9432", b"0"),
            (b'"USD"', b'"US"'),
        ):
            with self.subTest(new):
                self.assertRefused(day.replace(old, new), errors.FormatError)


@tagged("post_install", "-at_install")
class TestBnmRequests(Loopback, BaseCase):
    code = "bnm"
    newest = "/exchange-rate?session=0900&quote=rm"

    def test_the_newest_day(self):
        self.publisher.answers[self.newest] = fixture("bnm/latest.json")
        sunday = FRIDAY + datetime.timedelta(2)
        self.assertEqual(len(self.fetch(FRIDAY, FRIDAY, sunday)), 13)
        self.assertEqual(self.publisher.asked, [self.newest])
        accepted = self.publisher.headers[0]["Accept"]
        self.assertEqual(accepted, "application/vnd.BNM.API.v1+json")

    def test_not_out_yet(self):
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])

    def test_months_of_each_currency(self):
        path = "/exchange-rate/JPY/year/2026/month/3"
        self.publisher.answers[path] = fixture("bnm/month_jpy.json")
        start = datetime.date(2026, 2, 27)
        wanted = {"USD", "XDR", "JPY", "MYR", "CLP"}
        quotes = self.fetch(start, WEDNESDAY, FRIDAY, currencies=wanted)
        self.assertEqual({quote.date for quote in quotes}, {WEDNESDAY})
        query = "?session=0900&quote=rm"
        expected = [
            f"/exchange-rate/{code}/year/2026/month/{month}{query}"
            for month in (2, 3)
            for code in ("JPY", "USD", "SDR")
        ]
        self.assertEqual(self.publisher.asked, expected)

    def test_turned_away(self):
        self.publisher.answers[self.newest] = lambda handler, _n: reply(
            handler, b"no", 403
        )
        with self.assertRaises(errors.RequestRefused):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_web_page_without_the_header(self):
        self.publisher.answers[self.newest] = b"<!DOCTYPE html><html></html>"
        with self.assertRaisesRegex(errors.FormatError, "web page"):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
