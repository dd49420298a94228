"""The Danish bank's newest day, and the statistics' spans, for 100 units throughout."""

import datetime
import json

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ....providers.sources import dnb_statistics
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
NEWEST = "/api/currencyratesxml?lang=en"


@tagged("post_install", "-at_install")
class TestDnb(AdapterCases, BaseCase):
    code = "dnb"
    fixtures = ("dnb/newest.xml", "dnb/span.csv", "dnb/cube.json")

    def test_for_a_hundred(self):
        quotes = self.by_key(fixture("dnb/newest.xml"))
        self.assertEqual(str(quotes[FRIDAY, "EUR", "mid"]), "100 EUR = 747.21 DKK")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 4.0411 DKK")
        self.assertEqual(str(quotes[FRIDAY, "XDR", "mid"]), "100 XDR = 870.55 DKK")

    def test_missing(self):
        codes = {quote.currency for quote in self.parse(fixture("dnb/newest.xml"))}
        self.assertNotIn("ISK", codes)
        quotes = self.by_key(fixture("dnb/span.csv"))
        self.assertEqual({code for _day, code, _kind in quotes}, {"CNY", "EUR", "JPY"})
        self.assertEqual(len(quotes), 6)

    def test_every_form_says_the_same(self):
        span = self.by_key(fixture("dnb/span.csv"))
        for name, shared in (("dnb/newest.xml", 3), ("dnb/cube.json", 5)):
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                both = [key for key in quotes if key in span]
                self.assertEqual(len(both), shared)
                for key in both:
                    self.assertEqual(quotes[key].rate, span[key].rate)

    def test_cubes_of_another_shape(self):
        payload = fixture("dnb/cube.json")
        for piece, wrong in (
            (b"91.03,", b""),
            (b'"KURTYP"', b'"TYPE"'),
            (b'"dataset"', b'"class"'),
            (b'"value":[', b'"values":['),
        ):
            self.assertSpoiled(payload, piece, (wrong,), "something else")

    def test_refusals(self):
        nothing = fixture("dnb/not_found.json")
        self.assertRefused(nothing, errors.NoQuotes)
        said = b'{"errorTypeCode":"TABLE-LIMIT","message":"Too many cells"}'
        self.assertRefused(said, errors.FormatError, "“Too many cells”")
        self.assertRefused(b"VALUTA;TID;INDHOLD\r\n", errors.FormatError)
        self.assertRefused(b"VALUTA;KURTYP;TID;INDHOLD\r\n", errors.NoQuotes)
        euro = fixture("dnb/newest.xml").replace(b'"DKK"', b'"EUR"')
        self.assertRefused(euro, errors.FormatError)

    def test_zero_and_half_a_figure(self):
        zero = fixture("dnb/newest.xml").replace(b"747.21", b"0.00")
        self.assertRefused(zero, errors.FormatError, "EUR")
        payload = fixture("dnb/span.csv")
        for end in (-2, -3, -4):
            with self.subTest(end):
                self.assertRefused(payload[:end], errors.FormatError, "cut off")
        days = (b"2026M13D06", b"2026-03-06")
        self.assertSpoiled(payload, b"2026M03D06", days, "valid date")


@tagged("post_install", "-at_install")
class TestDnbRequests(Loopback, BaseCase):
    code = "dnb"

    def setUp(self):
        super().setUp()
        self.patch(dnb_statistics, "SERVICE", f"{self.publisher.address}v1/data")

    def test_newest(self):
        self.publisher.answers[NEWEST] = fixture("dnb/newest.xml")
        self.assertEqual(len(self.fetch(FRIDAY, FRIDAY, FRIDAY)), 4)
        self.assertEqual(self.publisher.asked, [NEWEST])
        sunday = datetime.date(2026, 3, 8)
        self.assertEqual(len(self.fetch(FRIDAY, sunday, sunday)), 4)
        self.assertEqual(self.publisher.asked, [NEWEST] * 2)

    def test_span_until_today(self):
        self.publisher.answers["/v1/data"] = fixture("dnb/span.csv")
        self.publisher.answers[NEWEST] = fixture("dnb/newest.xml")
        quotes = self.fetch(datetime.date(2026, 2, 20), FRIDAY, FRIDAY)
        self.assertEqual(self.publisher.asked, ["/v1/data", NEWEST])
        rates = {(quote.date, quote.currency): quote.rate for quote in quotes}
        self.assertEqual(len(rates), 7)
        question = json.loads(self.publisher.posted[0])
        self.assertEqual(question["table"], "DNVALD")
        self.assertEqual(
            {part["code"]: part["values"] for part in question["variables"]},
            {"VALUTA": ["*"], "KURTYP": ["KBH"], "Tid": [">=2026M02D20<=2026M03D06"]},
        )
        content_types = [headers["Content-Type"] for headers in self.publisher.headers]
        self.assertEqual(content_types, ["application/json", None])

    def test_span_of_the_past(self):
        self.publisher.answers["/v1/data"] = fixture("dnb/span.csv")
        april = datetime.date(2026, 4, 20)
        self.assertEqual(len(self.fetch(THURSDAY, FRIDAY, april)), 6)
        self.assertEqual(self.publisher.asked, ["/v1/data"])

    def test_days_that_the_statistics_lack(self):
        self.publisher.answers["/v1/data"] = lambda handler, _n: reply(
            handler, fixture("dnb/not_found.json"), 400
        )
        saturday = datetime.date(2026, 2, 28)
        self.assertEqual(self.fetch(saturday, saturday, FRIDAY), [])

    def test_statistics_that_refuse(self):
        self.publisher.answers["/v1/data"] = lambda handler, _n: reply(
            handler, b'{"errorTypeCode":"EXTRACT-NOFORMAT"}', 400
        )
        with self.assertRaises(errors.RequestRefused):
            self.fetch(THURSDAY, THURSDAY, datetime.date(2026, 4, 20))

    def test_days_off(self):
        calendar = registry.get("dnb").calendar
        for day, published in {
            datetime.date(2025, 4, 17): False,  # Maundy Thursday
            datetime.date(2025, 5, 30): False,  # the day after Ascension
            datetime.date(2025, 12, 31): False,
            datetime.date(2026, 5, 1): False,
            FRIDAY: True,
        }.items():
            with self.subTest(day):
                self.assertEqual(calendar.publishes_on(day), published)
                self.assertTrue(calendar.is_sure(day))
        self.assertFalse(calendar.is_sure(datetime.date(2023, 5, 5)))
