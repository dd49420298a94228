"""The Hungarian bank's rates: XML inside of XML, and bare."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestMnb(AdapterCases, BaseCase):
    code = "mnb"
    fixtures = ("mnb/span.xml", "mnb/current.xml", "mnb/rates.xml")

    def test_two_days(self):
        quotes = self.by_key(fixture("mnb/span.xml"))
        self.assertEqual(len(quotes), 8)
        self.assertEqual(str(quotes[FRIDAY, "EUR", "mid"]), "1 EUR = 391.37 HUF")
        self.assertEqual(str(quotes[THURSDAY, "CNY", "mid"].value), "49.03")
        self.assertNotIn((THURSDAY, "USD", "mid"), quotes)

    def test_unit(self):
        quotes = self.by_key(fixture("mnb/span.xml"))
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 214.08000 HUF")
        self.assertEqual(quotes[FRIDAY, "IDR", "mid"].nominal, 100)

    def test_every_form_says_the_same(self):
        span = self.by_key(fixture("mnb/span.xml"))
        self.assertEqual(self.by_key(fixture("mnb/rates.xml")), span)
        for key, quote in self.by_key(fixture("mnb/current.xml")).items():
            self.assertEqual(quote.rate, span[key].rate)

    def test_days_without_rates(self):
        self.assertRefused(fixture("mnb/holiday.xml"), errors.NoQuotes)
        self.assertRefused(fixture("mnb/unknown.xml"), errors.NoQuotes)
        empty = fixture("mnb/rates.xml").replace(b"391,37", b"")
        self.assertNotIn((FRIDAY, "EUR", "mid"), self.by_key(empty))

    def test_refusals(self):
        self.assertRefused(fixture("mnb/fault.xml"), errors.FormatError, "not valid")
        for inner in (b"", b"&lt;MNBExchangeRates&gt;", b"&lt;MNBCurrencies/&gt;"):
            start, found, end = fixture("mnb/holiday.xml").partition(
                b"&lt;MNBExchangeRates /&gt;"
            )
            self.assertTrue(found)
            with self.subTest(inner):
                self.assertRefused(start + inner + end, errors.FormatError)
        body = b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>"
        self.assertRefused(body, errors.FormatError)

    def test_entities_inside(self):
        """What is refused outside isn't let in by a second reading."""
        bomb = b"&lt;!DOCTYPE a [&lt;!ENTITY b '391'&gt;]&gt;&lt;a /&gt;"
        payload = fixture("mnb/holiday.xml").replace(
            b"&lt;MNBExchangeRates /&gt;", bomb
        )
        self.assertRefused(payload, errors.FormatError, "document type")

    def test_figures_that_are_none(self):
        payload = fixture("mnb/rates.xml")
        figures = (b"0,00", b"-391,37", b"3 91,37")
        self.assertSpoiled(payload, b"391,37", figures, "EUR")
        self.assertSpoiled(payload, b'"100"', (b'"null"', b'"0"', b'""'), "units")
        nothing = payload.replace(b"391,37", b"null")
        self.assertNotIn((FRIDAY, "EUR", "mid"), self.by_key(nothing))


@tagged("post_install", "-at_install")
class TestMnbRequests(Loopback, BaseCase):
    code = "mnb"

    def test_question(self):
        self.publisher.answers["/arfolyamok.asmx"] = fixture("mnb/span.xml")
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        [question] = self.publisher.posted
        self.assertIn(b"<startDate>2026-03-06</startDate>", question)
        self.assertIn(b"<endDate>2026-03-06</endDate>", question)
        self.assertIn(b"<currencyNames>AUD,BGN,BRL,", question)
        [headers] = self.publisher.headers
        self.assertTrue(headers["SOAPAction"].endswith("/GetExchangeRates"))
        self.assertIn("text/xml", headers["Content-Type"])

    def test_years(self):
        self.publisher.answers["/arfolyamok.asmx"] = fixture("mnb/span.xml")
        quotes = self.fetch(datetime.date(2025, 1, 1), FRIDAY, FRIDAY)
        self.assertEqual(len(self.publisher.posted), 2)
        self.assertIn(b"<endDate>2026-01-01</endDate>", self.publisher.posted[0])
        # the loopback answers the same twice
        self.assertEqual(len(set(quotes)), 8)

    def test_weekend(self):
        self.publisher.answers["/arfolyamok.asmx"] = fixture("mnb/holiday.xml")
        saturday = datetime.date(2026, 3, 7)
        self.assertEqual(self.fetch(saturday, saturday, saturday), [])

    def test_fault(self):
        self.publisher.answers["/arfolyamok.asmx"] = lambda handler, _n: reply(
            handler, fixture("mnb/fault.xml"), 500
        )
        with self.assertRaises(errors.TransportError) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertIn("The date is not valid", caught.exception.body)
