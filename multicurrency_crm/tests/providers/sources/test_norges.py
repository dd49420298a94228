"""The Norwegian bank's SDMX answers, as CSV and as XML of either kind."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
PATH = "/EXR/B..NOK.SP"


@tagged("post_install", "-at_install")
class TestNorges(AdapterCases, BaseCase):
    code = "norges"
    fixtures = (
        "norges/span.csv",
        "norges/for_people.csv",
        "norges/compact.xml",
        "norges/generic.xml",
    )

    def test_powers_of_ten(self):
        quotes = self.by_key(fixture("norges/span.csv"))
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 9.6231 NOK")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 6.1107 NOK")
        self.assertEqual(str(quotes[THURSDAY, "XDR", "mid"].value), "13.10312")
        self.assertNotIn((FRIDAY, "XDR", "mid"), quotes)

    def test_indexes_are_no_currencies(self):
        codes = {quote.currency for quote in self.parse(fixture("norges/span.csv"))}
        self.assertEqual(codes, {"HUF", "JPY", "USD", "XDR"})

    def test_every_form_says_the_same(self):
        quotes = self.by_key(fixture("norges/span.csv"))
        for name in self.fixtures:
            with self.subTest(name):
                self.assertEqual(self.by_key(fixture(name)), quotes)

    def test_units_that_are_not_said(self):
        """A hundred yen would pass for one."""
        payload = fixture("norges/compact.xml")
        wrongs = (b"", b'UNIT_MULT=""', b'UNIT_MULT="-2"', b'UNIT_MULT="100"')
        self.assertSpoiled(payload, b'UNIT_MULT="2"', wrongs, "power of ten|UNIT_MULT")
        header, _end, rows = fixture("norges/span.csv").partition(b"\n")
        renamed = header.replace(b"UNIT_MULT", b"UNITS") + b"\n" + rows
        self.assertRefused(renamed, errors.FormatError, "how many units.*UNIT_MULT")

    def test_other_series(self):
        payload = fixture("norges/span.csv")
        monthly = payload.replace(b"B,", b"M,")
        self.assertRefused(monthly, errors.NoQuotes)
        euro = payload.replace(b",NOK,", b",EUR,")
        self.assertRefused(euro, errors.FormatError, "something else")

    def test_nothing_and_refusals(self):
        for name in ("norges/no_rows.csv", "norges/nothing.xml"):
            with self.subTest(name):
                self.assertRefused(fixture(name), errors.NoQuotes)
        refusal = fixture("norges/error.xml")
        self.assertRefused(refusal, errors.FormatError, "too many dimensions")
        self.assertRefused(b"FREQ,BASE_CUR,QUOTE_CUR\n", errors.FormatError)

    def test_zero_and_half_a_figure(self):
        payload = fixture("norges/span.csv")
        zero = payload.replace(b"9.6231", b"0")
        self.assertRefused(zero, errors.FormatError, "USD.*2026-03-06")
        self.assertRefused(payload[:-2], errors.FormatError, "cut off")


@tagged("post_install", "-at_install")
class TestNorgesRequests(Loopback, BaseCase):
    code = "norges"

    def test_span(self):
        path = f"{PATH}?format=csvdata&startPeriod=2026-03-05&endPeriod=2026-03-06"
        self.publisher.answers[path] = fixture("norges/span.csv")
        self.assertEqual(len(self.fetch(THURSDAY, FRIDAY, FRIDAY)), 7)
        self.assertEqual(self.publisher.asked, [path])

    def test_nothing_at_the_weekend(self):
        saturday = datetime.date(2026, 3, 7)
        for body in (fixture("norges/nothing.xml"), b"NoRecordsFound - No data found"):
            with self.subTest(body):
                self.publisher.answers[PATH] = lambda handler, _n, body=body: reply(
                    handler, body, 404
                )
                self.assertEqual(self.fetch(saturday, saturday, saturday), [])

    def test_another_404(self):
        with self.assertRaises(errors.NotPublished):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)
