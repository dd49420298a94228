"""Chile's central bank: a key of two parts, one series an answer, NaN and ND."""

import datetime
from urllib.parse import parse_qs, urlsplit

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
MONDAY = datetime.date(2026, 3, 9)
KEY = "rates@atlantis.example:s:crèt/+"


@tagged("post_install", "-at_install")
class TestBcch(AdapterCases, BaseCase):
    code = "bcch"
    fixtures = ("bcch/usd.json", "bcch/yen.json", "bcch/uf.json")

    def test_days(self):
        quotes = self.by_key(fixture("bcch/usd.json"))
        self.assertEqual({day for day, *_ in quotes}, {THURSDAY, FRIDAY, MONDAY})
        self.assertEqual(str(quotes[THURSDAY, "USD", "mid"]), "1 USD = 902.41 CLP")
        self.assertEqual(str(quotes[MONDAY, "USD", "mid"].value), "1001.25")

    def test_the_series_says_the_currency(self):
        [yen] = self.parse(fixture("bcch/yen.json"))
        self.assertEqual(str(yen), "1 JPY = 5.71 CLP")
        [unit] = self.parse(fixture("bcch/uf.json"))
        self.assertEqual(str(unit), "1 CLF = 39820.15 CLP")
        payload = fixture("bcch/yen.json").replace(b"CLP.JPY", b"CLP.PEN")
        self.assertEqual(self.parse(payload)[0].currency, "PEN")

    def test_other_series(self):
        for series, error in (
            (b"F072.JPY.USD.N.O.D", errors.FormatError),
            (b"F022.TPM", errors.FormatError),
            (b"F072.CLP.VEB.N.O.D", errors.NoQuotes),
            (b"F072.CLP.DEG.N.O.D", errors.NoQuotes),
        ):
            with self.subTest(series):
                payload = fixture("bcch/yen.json")
                payload = payload.replace(b"F072.CLP.JPY.N.O.D", series)
                self.assertRefused(payload, error)

    def test_no_value(self):
        self.assertRefused(fixture("bcch/weekend.json"), errors.NoQuotes)
        payload = fixture("bcch/yen.json").replace(b'"ND"', b'"OK"')
        self.assertEqual(len(self.parse(payload)), 1)
        zero = fixture("bcch/yen.json").replace(b"5.71", b"0.00")
        self.assertRefused(zero, errors.FormatError, "JPY.*2026-03-05")
        comma = fixture("bcch/yen.json").replace(b"5.71", b"5,71")
        self.assertRefused(comma, errors.FormatError, "JPY.*2026-03-05")

    def test_the_real_alone(self):
        payload = fixture("bcch/yen.json").replace(b"CLP.JPY", b"CLP.BRL")
        payload = payload.replace(b"05-03-2026", b"30-06-1994")
        self.assertRefused(payload, errors.NoQuotes)

    def test_refusals(self):
        payload = fixture("bcch/error_password.json")
        self.assertRefused(payload, errors.KeyRefused, "Invalid username")
        payload = fixture("bcch/error_series.json")
        self.assertRefused(payload, errors.RequestRefused, "Series not found")
        payload = b'{"Codigo":-1,"Descripcion":null}'
        self.assertRefused(payload, errors.RequestRefused)


@tagged("post_install", "-at_install")
class TestBcchRequests(Loopback, BaseCase):
    code = "bcch"
    path = "/SieteRestWS.ashx"

    def test_each_series_of_a_span(self):
        self.publisher.answers[self.path] = fixture("bcch/yen.json")
        self.fetch(THURSDAY, FRIDAY, FRIDAY, api_key=KEY)
        asked = [parse_qs(urlsplit(path).query) for path in self.publisher.asked]
        self.assertEqual(len(asked), len(registry.get(self.code).currencies))
        first = {name: value for name, [value] in asked[0].items()}
        self.assertEqual(
            first,
            {
                "user": "rates@atlantis.example",
                "pass": "s:crèt/+",
                "firstdate": "2026-03-05",
                "lastdate": "2026-03-06",
                "timeseries": "F072.CLP.AUD.N.O.D",
                "function": "GetSeries",
            },
        )

    def test_only_what_is_wanted(self):
        self.publisher.answers[self.path] = fixture("bcch/usd.json")
        quotes = self.fetch(FRIDAY, SATURDAY, SATURDAY, api_key=KEY, currencies={"USD"})
        self.assertEqual([quote.date for quote in quotes], [FRIDAY])
        [asked] = self.publisher.asked
        self.assertIn("timeseries=F073.TCO.PRE.Z.D", asked)

    def test_a_key_of_one_part(self):
        for key in ("", "secret", "name@company.com:", ":secret"):
            with self.subTest(key):
                with self.assertRaisesRegex(errors.KeyRefused, "colon") as caught:
                    self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=key)
                self.assertNotIn("secret", str(caught.exception))
        self.assertEqual(self.publisher.asked, [])

    def test_refusals_keep_the_key(self):
        words = b'{"Codigo":-5,"Descripcion":"rates@atlantis.example: no"}'
        for status, answer, error in (
            (400, words, errors.KeyRefused),
            (403, b"s:cr\xc3\xa8t/+ is wrong", errors.RequestRefused),
            (503, b"", errors.TransportError),
        ):
            with self.subTest(status):
                self.publisher.answers[self.path] = (
                    lambda handler, _n, answer=answer, status=status: reply(
                        handler, answer, status
                    )
                )
                with self.assertRaises(error) as caught:
                    self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=KEY)
                shown = f"{caught.exception} {caught.exception.body}"
                self.assertNotIn("rates@", shown)
                self.assertNotIn("crèt", shown)

    def test_nowhere_in_logs(self):
        self.publisher.answers[self.path] = fixture("bcch/yen.json")
        with self.assertLogs("urllib3", "DEBUG") as logs:
            self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=KEY, currencies={"JPY"})
        lines = "\n".join(logs.output)
        self.assertIn("pass=***", lines)
        self.assertNotIn("atlantis", lines)
