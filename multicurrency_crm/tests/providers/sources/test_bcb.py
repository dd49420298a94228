"""PTAX: one currency an answer, several bulletins a day, parities that aren't read."""

import datetime
from decimal import Decimal
from urllib.parse import unquote

from odoo.tests import BaseCase, tagged

from ....engine.rates import divide
from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
SERVICE = (
    "/CotacaoMoedaPeriodo(moeda=@moeda,dataInicial=@dataInicial,"
    "dataFinalCotacao=@dataFinalCotacao)"
)


@tagged("post_install", "-at_install")
class TestBcb(AdapterCases, BaseCase):
    code = "bcb"
    fixtures = ("bcb/usd.json", "bcb/bulletins.json", "bcb/selected.json")
    hints = {"currency": "EUR"}

    def test_two_days(self):
        quotes = self.by_key(fixture("bcb/usd.json"), currency="USD")
        self.assertEqual(len(quotes), 4)
        buy = quotes[THURSDAY, "USD", "buy"]
        self.assertEqual(str(buy), "1 USD = 5.23410 BRL")
        self.assertEqual(buy.rate, divide(1, Decimal("5.23410")))
        self.assertEqual(str(quotes[FRIDAY, "USD", "sell"].value), "5.24180")

    def test_the_last_closing_bulletin_only(self):
        quotes = self.by_key(fixture("bcb/bulletins.json"))
        self.assertEqual(len(quotes), 2)
        self.assertEqual(str(quotes[FRIDAY, "EUR", "buy"].value), "6.0431")
        opening = fixture("bcb/bulletins.json").replace(b"Fechamento", b"Abertura")
        self.assertRefused(opening, errors.NoQuotes)

    def test_bulletins_without_a_type(self):
        """One a day is the closing; of two nobody knows which is."""
        self.assertEqual(len(self.parse(fixture("bcb/selected.json"))), 2)
        payload = fixture("bcb/usd.json").replace(b',"tipoBoletim":"Fechamento"', b"")
        self.assertEqual(len(self.parse(payload)), 4)
        payload = payload.replace(b"2026-03-06", b"2026-03-05")
        self.assertRefused(payload, errors.FormatError)

    def test_the_currency_is_a_hint(self):
        payload = fixture("bcb/usd.json")
        for currency in (None, ""):
            self.assertRefused(
                payload, errors.FormatError, "which currency", currency=currency
            )
        self.assertRefused(payload, errors.FormatError, currency="dollar")

    def test_before_the_real(self):
        payload = fixture("bcb/selected.json").replace(b"2026-03-05", b"1994-06-30")
        self.assertRefused(payload, errors.NoQuotes)
        payload = fixture("bcb/selected.json").replace(b"2026-03-05", b"1994-07-01")
        self.assertEqual(len(self.parse(payload)), 2)

    def test_weekend_and_missing_figure(self):
        self.assertRefused(fixture("bcb/weekend.json"), errors.NoQuotes)
        payload = fixture("bcb/selected.json").replace(b"5.23410", b"null")
        [quote] = self.parse(payload)
        self.assertEqual(quote.kind, "sell")
        zero = fixture("bcb/selected.json").replace(b"5.23410", b"0.00000")
        self.assertRefused(zero, errors.FormatError, "EUR.*2026-03-05")

    def test_other_answers(self):
        for payload in (
            b'{"value":[{"simbolo":"AUD","tipoMoeda":"B"}]}',
            b'{"value":[{"dataHoraCotacao":"2026-03-05 13:00"}]}',
            b'{"value":{}}',
        ):
            with self.subTest(payload):
                self.assertRefused(payload, errors.FormatError)
        for payload in (
            b'{"codigo":400,"mensagem":"Parametro invalido"}',
            b'{"error":{"code":"400","message":"Parametro invalido"}}',
        ):
            with self.subTest(payload):
                self.assertRefused(payload, errors.RequestRefused, "invalido")


@tagged("post_install", "-at_install")
class TestBcbRequests(Loopback, BaseCase):
    code = "bcb"

    def serve(self, answer):
        """Serve whatever is asked for."""
        self.publisher.answers[SERVICE] = answer

    def test_one_request_for_a_currency(self):
        self.serve(fixture("bcb/usd.json"))
        quotes = self.fetch(THURSDAY, FRIDAY, FRIDAY)
        self.assertEqual(
            {quote.currency for quote in quotes}, registry.get("bcb").currencies
        )
        self.assertEqual(len(self.publisher.asked), 10)
        self.assertTrue(all("+" not in path for path in self.publisher.asked))
        self.assertEqual(
            unquote(self.publisher.asked[0]),
            f"{SERVICE}?@moeda='AUD'&@dataInicial='03-05-2026'"
            "&@dataFinalCotacao='03-06-2026'&$filter=tipoBoletim eq 'Fechamento'"
            "&$format=json",
        )

    def test_only_what_is_wanted(self):
        self.serve(fixture("bcb/usd.json"))
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY, currencies={"USD", "CNY", "BRL"})
        self.assertEqual({quote.currency for quote in quotes}, {"USD"})
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        self.assertEqual(len(self.publisher.asked), 1)

    def test_days_off(self):
        carnival = datetime.date(2026, 2, 17)
        self.assertEqual(self.fetch(SATURDAY, SATURDAY, SATURDAY), [])
        self.assertEqual(self.fetch(carnival, carnival, FRIDAY), [])
        self.assertEqual(self.publisher.asked, [])
        self.serve(fixture("bcb/weekend.json"))
        self.assertEqual(self.fetch(FRIDAY, SATURDAY, SATURDAY), [])

    def test_refusals(self):
        self.serve(lambda handler, _times: reply(handler, b"no", 400))
        with self.assertRaises(errors.RequestRefused):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_days_off_by_law(self):
        calendar = registry.get(self.code).calendar
        for day, works in (
            ((2026, 6, 4), False),
            ((2023, 11, 20), True),
            ((2026, 11, 20), False),
            ((2026, 12, 31), True),
        ):
            with self.subTest(day):
                self.assertEqual(calendar.publishes_on(datetime.date(*day)), works)
