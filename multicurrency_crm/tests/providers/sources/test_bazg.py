"""The Swiss customs office's rates for VAT."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)


@tagged("post_install", "-at_install")
class TestBazg(AdapterCases, BaseCase):
    code = "bazg"
    fixtures = ("bazg/daily.xml", "bazg/thursday.xml", "bazg/month.xml")

    def test_units_in_the_text(self):
        quotes = self.by_key(fixture("bazg/daily.xml"))
        self.assertEqual(len(quotes), 4)
        yen = quotes[FRIDAY, "JPY", "official"]
        self.assertEqual(str(yen), "100 JPY = 0.51042 CHF")
        self.assertEqual(quotes[FRIDAY, "VND", "official"].nominal, 10000)

    def test_holds_from_the_next_day(self):
        for quote in self.parse(fixture("bazg/daily.xml")):
            self.assertEqual(quote.valid_from, SATURDAY)
        [quote] = self.parse(fixture("bazg/thursday.xml"))
        self.assertEqual((quote.date, quote.valid_from), (THURSDAY, None))

    def test_average_of_a_month(self):
        quotes = self.parse(fixture("bazg/month.xml"))
        self.assertEqual({quote.date for quote in quotes}, {datetime.date(2026, 3, 1)})

    def test_nothing_published(self):
        for payload in (b"<wechselkurse/>", b"<monatsmittelkurs></monatsmittelkurs>"):
            with self.subTest(payload):
                self.assertRefused(payload, errors.NoQuotes)

    def test_units_that_are_none(self):
        payload = fixture("bazg/daily.xml")
        for text in (b"JPY", b"100 EUR", b"0 JPY", b"100JPY", b""):
            with self.subTest(text):
                wrong = payload.replace(b"100 JPY", text)
                self.assertRefused(wrong, errors.FormatError)


@tagged("post_install", "-at_install")
class TestBazgRequests(Loopback, BaseCase):
    code = "bazg"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("bazg")), "min_interval", 0)

    def test_working_days_only(self):
        for day, name in (("20260305", "thursday"), ("20260306", "daily")):
            payload = fixture(f"bazg/{name}.xml")
            self.publisher.answers[f"/xmldaily?d={day}&locale=en"] = payload
        quotes = self.fetch(THURSDAY, datetime.date(2026, 3, 8), FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY, FRIDAY})
        self.assertEqual(len(self.publisher.asked), 2)

    def test_holiday_repeats_the_day_before(self):
        path = "/xmldaily?d=20260306&locale=en"
        self.publisher.answers[path] = fixture("bazg/thursday.xml")
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])
