"""South Africa: titles say the direction, and half of them the other one."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....engine.rates import divide
from ....providers import errors, registry
from ....providers.sources.sarb import SERIES
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
FOLDER = "/GetTimeseriesObservations"


@tagged("post_install", "-at_install")
class TestSarb(AdapterCases, BaseCase):
    code = "sarb"
    fixtures = ("sarb/usd.json", "sarb/cny.json", "sarb/zmw.json", "sarb/gap.json")

    def test_both_directions(self):
        dollar = self.by_key(fixture("sarb/usd.json"))[FRIDAY, "USD", "mid"]
        self.assertEqual(str(dollar), "1 USD = 16.9120 ZAR")
        self.assertEqual(dollar.rate, divide(1, Decimal("16.9120")))
        yuan = self.by_key(fixture("sarb/cny.json"))[THURSDAY, "CNY", "mid"]
        self.assertEqual(str(yuan), "1 ZAR = 0.4093 CNY")
        self.assertEqual(yuan.rate, Decimal("0.4093"))

    def test_every_title_has_a_currency_of_its_own(self):
        self.assertEqual(len({code for code, _series in SERIES.values()}), len(SERIES))
        self.assertEqual(len({series for _c, series in SERIES.values()}), len(SERIES))

    def test_other_titles(self):
        for title in (b"Rand per Yen", b"US Dollar per Rand", b"Repo rate", b""):
            with self.subTest(title):
                payload = fixture("sarb/usd.json").replace(b"Rand per US Dollar", title)
                self.assertRefused(payload, errors.FormatError, "South African")
        payload = fixture("sarb/usd.json").replace(b"per US", b"per  US")
        self.assertEqual(len(self.parse(payload)), 2)

    def test_the_old_kwacha(self):
        codes = {q.date.year: q.currency for q in self.parse(fixture("sarb/zmw.json"))}
        self.assertEqual(codes, {2012: "ZMK", 2013: "ZMW"})

    def test_no_value(self):
        [quote] = self.parse(fixture("sarb/gap.json"))
        self.assertEqual(quote.date, THURSDAY)
        blank = fixture("sarb/gap.json").replace(b"null", b'" "')
        self.assertEqual(len(self.parse(blank)), 1)
        self.assertRefused(b"[]", errors.NoQuotes)
        zero = fixture("sarb/gap.json").replace(b"null", b"0.0000")
        self.assertRefused(zero, errors.FormatError, "JPY.*2026-03-06")

    def test_other_answers(self):
        for payload in (
            b'{"Message":"An error has occurred."}',
            fixture("sarb/usd.json").replace(b"Value", b"Rate"),
            fixture("sarb/usd.json").replace(b"2026-03-06T", b"06/03/2026 "),
        ):
            self.assertRefused(payload, errors.FormatError)


@tagged("post_install", "-at_install")
class TestSarbRequests(Loopback, BaseCase):
    code = "sarb"

    def setUp(self):
        super().setUp()
        # 23 requests, a second apart
        self.patch(registry.get(self.code), "min_interval", 0)

    def path(self, series, day=FRIDAY):
        return f"{FOLDER}/{series}/{day}/{FRIDAY}"

    def test_one_request_for_a_currency(self):
        paths = {code: self.path(series) for code, series in SERIES.values()}
        self.publisher.answers = dict.fromkeys(paths.values(), b"[]")
        self.publisher.answers[paths["USD"]] = fixture("sarb/usd.json")
        self.publisher.answers[paths["CNY"]] = fixture("sarb/cny.json")
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertEqual({quote.currency for quote in quotes}, {"CNY", "USD"})
        self.assertEqual(self.publisher.asked, [paths[code] for code in sorted(paths)])

    def test_only_what_is_wanted(self):
        path = self.path("EXCB121D", THURSDAY)
        self.publisher.answers[path] = fixture("sarb/cny.json")
        quotes = self.fetch(THURSDAY, FRIDAY, FRIDAY, currencies={"CNY", "ZAR"})
        self.assertEqual(len(quotes), 2)
        self.assertEqual(self.publisher.asked, [path])

    def test_weekend(self):
        self.assertEqual(self.fetch(SATURDAY, SATURDAY, SATURDAY), [])
        self.assertEqual(self.publisher.asked, [])

    def test_refusals(self):
        self.publisher.answers[self.path("EXCB080D")] = lambda handler, _n: reply(
            handler, b"blocked", 403
        )
        with self.assertRaises(errors.RequestRefused):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
