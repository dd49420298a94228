"""mindicador.cl: midnights of Chile in UTC, and what is no currency."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestMindicador(AdapterCases, BaseCase):
    code = "mindicador"
    fixtures = (
        "mindicador/dolar_year.json",
        "mindicador/dolar_day.json",
        "mindicador/uf_day.json",
        "mindicador/all.json",
    )

    def test_the_date_before_the_hour(self):
        """Summer, winter and the years with other rules: never the day before."""
        quotes = self.by_key(fixture("mindicador/dolar_year.json"))
        self.assertEqual(
            {day.isoformat() for day, *_ in quotes},
            {"2026-05-29", "2026-03-06", "2018-01-15"},
        )
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 898.7 CLP")

    def test_hours_that_are_no_midnight(self):
        payload = fixture("mindicador/dolar_day.json")
        for hour in (
            b"T23:00:00.000Z",
            b"T12:00:00.000Z",
            b"T03:30:00Z",
            b" 3 o'clock",
        ):
            with self.subTest(hour):
                wrong = payload.replace(b"T03:00:00.000Z", hour)
                self.assertRefused(wrong, errors.FormatError, "valid date")
        [quote] = self.parse(payload.replace(b"T03:00:00.000Z", b""))
        self.assertEqual(quote.date, THURSDAY)

    def test_the_page_of_all(self):
        quotes = self.by_key(fixture("mindicador/all.json"))
        codes = {code for _day, code, _kind in quotes}
        self.assertEqual(codes, {"USD", "EUR", "CLF"})
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"].value), "898.7")

    def test_what_is_no_currency(self):
        payload = fixture("mindicador/utm.json")
        self.assertRefused(payload, errors.FormatError, "mindicador")
        payload = fixture("mindicador/dolar_day.json").replace(b"Pesos", b"Porcentaje")
        self.assertRefused(payload, errors.FormatError, "mindicador")

    def test_it_is_no_authority(self):
        """Its country alone would make it one."""
        self.assertEqual(self.adapter.publisher, "service")

    def test_no_value(self):
        self.assertRefused(fixture("mindicador/weekend.json"), errors.NoQuotes)
        zero = fixture("mindicador/dolar_day.json").replace(b"902.41", b"0")
        self.assertRefused(zero, errors.FormatError, "USD.*2026-03-05")
        null = fixture("mindicador/dolar_day.json").replace(b"902.41", b"null")
        self.assertRefused(null, errors.NoQuotes)

    def test_refusals(self):
        payload = b'{"error":"Not Found","message":"Indicador no encontrado"}'
        self.assertRefused(payload, errors.RequestRefused, "Indicador no encontrado")


@tagged("post_install", "-at_install")
class TestMindicadorRequests(Loopback, BaseCase):
    code = "mindicador"

    def test_one_day(self):
        paths = [f"/{name}/05-03-2026" for name in ("uf", "euro", "dolar")]
        empty = fixture("mindicador/weekend.json")
        self.publisher.answers = dict.fromkeys(paths, empty) | {
            "/uf/05-03-2026": fixture("mindicador/uf_day.json"),
            "/dolar/05-03-2026": fixture("mindicador/dolar_day.json"),
        }
        quotes = self.fetch(THURSDAY, THURSDAY, FRIDAY)
        self.assertEqual({quote.currency for quote in quotes}, {"CLF", "USD"})
        self.assertEqual(self.publisher.asked, paths)

    def test_years(self):
        paths = ["/dolar/2025", "/dolar/2026"]
        answer = fixture("mindicador/dolar_year.json")
        self.publisher.answers = dict.fromkeys(paths, answer)
        start = datetime.date(2025, 12, 30)
        quotes = self.fetch(start, FRIDAY, FRIDAY, currencies={"USD"})
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        self.assertEqual(self.publisher.asked, paths)

    def test_refusals(self):
        self.publisher.answers["/dolar/05-03-2026"] = lambda handler, _n: reply(
            handler, b"<html>", 403
        )
        with self.assertRaises(errors.RequestRefused):
            self.fetch(THURSDAY, THURSDAY, FRIDAY, currencies={"USD"})
