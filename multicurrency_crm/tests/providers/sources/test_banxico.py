"""Banco de México: series by name, days first, commas and N/E."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
TOKEN = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestBanxico(AdapterCases, BaseCase):
    code = "banxico"
    fixtures = ("banxico/days.json", "banxico/opportune.json")

    def test_days(self):
        quotes = self.by_key(fixture("banxico/days.json"))
        self.assertEqual(len(quotes), 8)
        self.assertEqual(str(quotes[THURSDAY, "USD", "mid"]), "1 USD = 17.4321 MXN")
        self.assertEqual(str(quotes[FRIDAY, "EUR", "mid"].value), "20.3055")

    def test_the_rate_for_payments_is_another_kind(self):
        quotes = self.by_key(fixture("banxico/days.json"))
        self.assertEqual(str(quotes[SATURDAY, "USD", "official"].value), "17.4321")
        self.assertNotIn((SATURDAY, "USD", "mid"), quotes)

    def test_no_value(self):
        """N/E, a series without a list of data, and one that is no exchange rate."""
        quotes = self.by_key(fixture("banxico/days.json"))
        self.assertIn((THURSDAY, "JPY", "mid"), quotes)
        self.assertNotIn((FRIDAY, "JPY", "mid"), quotes)
        codes = {code for _day, code, _kind in quotes}
        self.assertEqual(codes, {"USD", "EUR", "JPY"})
        self.assertRefused(fixture("banxico/weekend.json"), errors.NoQuotes)

    def test_commas(self):
        payload = fixture("banxico/opportune.json")
        [quote] = self.parse(payload.replace(b"23.4410", b"1,023.4410"))
        self.assertEqual(str(quote.value), "1023.4410")
        for figure in (b"23,4410", b"1,02,344", b",123", b"0", b"0.0000", b"x"):
            with self.subTest(figure):
                wrong = payload.replace(b"23.4410", figure)
                self.assertRefused(wrong, errors.FormatError, "GBP.*2026-03-06")

    def test_other_series_only(self):
        payload = fixture("banxico/opportune.json").replace(b"SF46407", b"SF61745")
        self.assertRefused(payload, errors.FormatError, "Bank of Mexico")

    def test_days_that_cannot_be(self):
        payload = fixture("banxico/opportune.json")
        for day in (b"2026-03-06", b"06/13/2026", b"31/02/2026", b""):
            with self.subTest(day):
                wrong = payload.replace(b"06/03/2026", day)
                self.assertRefused(wrong, errors.FormatError, "valid date")

    def test_refusals(self):
        payload = fixture("banxico/error_token.json")
        self.assertRefused(payload, errors.KeyRefused, "Token inválido")
        payload = '{"error":{"mensaje":"Límite excedido","detalle":"Del token"}}'
        self.assertRefused(payload.encode(), errors.TooManyRequests, "Límite")
        for error in (b"null", b"{}", b'"La serie no existe"', b"[]", b"5"):
            with self.subTest(error):
                payload = b'{"error":' + error + b"}"
                self.assertRefused(payload, errors.RequestRefused, "answers")


@tagged("post_install", "-at_install")
class TestBanxicoRequests(Loopback, BaseCase):
    code = "banxico"
    series = "SF43718,SF46410,SF46407,SF46406,SF60632,SF60653"

    def path(self, series=series):
        return f"/series/{series}/datos/2026-03-05/2026-03-06"

    def test_all_series_of_a_span_at_once(self):
        self.publisher.answers[self.path()] = fixture("banxico/days.json")
        quotes = self.fetch(THURSDAY, FRIDAY, FRIDAY, api_key=TOKEN)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY, FRIDAY})
        self.assertEqual(self.publisher.asked, [self.path()])
        [headers] = self.publisher.headers
        self.assertEqual(headers["Bmx-Token"], TOKEN)
        self.assertEqual(headers["Accept"], "application/json")

    def test_only_what_is_wanted(self):
        path = self.path("SF43718,SF60653")
        self.publisher.answers[path] = fixture("banxico/days.json")
        self.fetch(THURSDAY, FRIDAY, FRIDAY, api_key=TOKEN, currencies={"USD", "CNY"})
        self.assertEqual(self.publisher.asked, [path])

    def test_refusals(self):
        body = fixture("banxico/error_token.json")
        for status, answer, error in (
            (400, body, errors.KeyRefused),
            (401, b"{}", errors.KeyRefused),
            (404, b'{"error":{"mensaje":"No existe"}}', errors.RequestRefused),
            (403, b"<html>no</html>", errors.RequestRefused),
            (429, body, errors.TooManyRequests),
            (500, body, errors.TransportError),
        ):
            with self.subTest(status):
                self.publisher.answers[self.path()] = (
                    lambda handler, _n, answer=answer, status=status: reply(
                        handler, answer, status
                    )
                )
                with self.assertRaises(error) as caught:
                    self.fetch(THURSDAY, FRIDAY, FRIDAY, api_key=TOKEN)
                self.assertNotIn(TOKEN, str(caught.exception))
