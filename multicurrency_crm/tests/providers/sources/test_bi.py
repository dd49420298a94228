"""Indonesia's rates: one currency a request, units in the row, and a saved page."""

import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestBi(AdapterCases, BaseCase):
    code = "bi"
    fixtures = ("bi/usd.xml", "bi/jpy.xml", "bi/page.html")

    def test_two_days(self):
        quotes = self.by_key(fixture("bi/usd.xml"))
        self.assertEqual(len(quotes), 4)
        self.assertEqual(str(quotes[FRIDAY, "USD", "buy"]), "1 USD = 16801.41 IDR")
        self.assertEqual(str(quotes[THURSDAY, "USD", "sell"].value), "16956.74")

    def test_for_a_hundred(self):
        quotes = self.by_key(fixture("bi/jpy.xml"))
        quote = quotes[FRIDAY, "JPY", "buy"]
        self.assertEqual(str(quote), "100 JPY = 10712.33 IDR")
        self.assertAlmostEqual(quote.rate, Decimal("0.00933504"), 8)

    def test_a_saved_page_says_the_same(self):
        page = self.by_key(fixture("bi/page.html"))
        self.assertEqual(len(page), 4)
        self.assertLessEqual(self.by_key(fixture("bi/jpy.xml")).items(), page.items())

    def test_a_weekend(self):
        self.assertRefused(fixture("bi/weekend.xml"), errors.NoQuotes)

    def test_other_namespaces(self):
        payload = fixture("bi/usd.xml").replace(
            b'<NewDataSet xmlns="">', b'<NewDataSet xmlns="http://www.bi.go.id/">'
        )
        self.assertEqual(len(self.parse(payload)), 4)

    def test_other_shapes(self):
        payload = fixture("bi/usd.xml")
        for old, new in (
            (b"beli_subkurslokal>1", b"beli_subkursuka>1"),
            (b">1.00<", b">0.00<"),
            (b">1.00<", b"><"),
            (b"2026-03-06T", b"06-03-2026T"),
            (b"USD  ", b"US"),
            (b"16801.41", b"0.00"),
            (b"16801.41", b"16.801,41"),
        ):
            with self.subTest(new):
                wrong = payload.replace(old, new)
                if old.startswith(b"beli"):
                    wrong = wrong.replace(b"/beli_subkurslokal", b"/beli_subkursuka")
                self.assertRefused(wrong, errors.FormatError)
        self.assertRefused(b"<string>Invalid mts</string>", errors.FormatError)

    def test_pages_with_other_columns(self):
        page = fixture("bi/page.html")
        for old, new in ((b">Buy<", b">Mid<"), (b"<td>6 Mar 2026</td>", b"")):
            with self.subTest(new):
                self.assertRefused(page.replace(old, new), errors.FormatError)


@tagged("post_install", "-at_install")
class TestBiRequests(Loopback, BaseCase):
    code = "bi"
    path = "/getSubKursLokal3"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("bi")), "min_interval", 0)

    def serve(self, payloads):
        """Answer with what there is of the currency asked for."""

        def answer(handler, _n):
            [code] = parse_qs(urlsplit(handler.path).query)["mts"]
            reply(handler, payloads.get(code, fixture("bi/weekend.xml")))

        self.publisher.answers[self.path] = answer

    def test_currencies_wanted(self):
        self.serve({c: fixture(f"bi/{c.lower()}.xml") for c in ("USD", "JPY")})
        wanted = {"USD", "JPY", "IDR", "CLP"}
        quotes = self.fetch(THURSDAY, FRIDAY, FRIDAY, currencies=wanted)
        self.assertEqual(len(quotes), 6)
        span = "startdate=2026-03-05&enddate=2026-03-06"
        self.assertEqual(
            self.publisher.asked,
            [f"{self.path}?mts=JPY&{span}", f"{self.path}?mts=USD&{span}"],
        )
        self.assertIn("Mozilla", self.publisher.headers[0]["User-Agent"])

    def test_all_currencies(self):
        self.serve({})
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])
        self.assertEqual(len(self.publisher.asked), 25)

    def test_silence(self):
        self.serve({"USD": b""})
        with self.assertRaisesRegex(errors.FormatError, "empty answer"):
            self.fetch(FRIDAY, FRIDAY, FRIDAY, currencies={"USD"})
