"""Colombia's TRM: one row holds for all days between two dates."""

import datetime
from urllib.parse import parse_qs, urlsplit

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
SUNDAY = datetime.date(2026, 3, 8)
TUESDAY = datetime.date(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestTrm(AdapterCases, BaseCase):
    code = "trm"
    fixtures = ("trm/days.json",)

    def test_every_day_of_a_span(self):
        quotes = self.by_key(fixture("trm/days.json"))
        self.assertEqual(len(quotes), 6)
        self.assertEqual(str(quotes[THURSDAY, "USD", "mid"]), "1 USD = 3711.25 COP")
        for day in range(7, 11):
            quote = quotes[datetime.date(2026, 3, day), "USD", "mid"]
            self.assertEqual(str(quote.value), "3702.07")

    def test_spans_that_cannot_be(self):
        payload = fixture("trm/days.json")
        for last in (b"2026-03-06", b"2026-04-07", b"9999-12-31", b"soon"):
            with self.subTest(last):
                wrong = payload.replace(b"2026-03-10", last)
                self.assertRefused(wrong, errors.FormatError, "valid date")

    def test_without_a_last_day(self):
        payload = b'[{"valor":"3711.25","vigenciadesde":"2026-03-05T00:00:00.000"}]'
        [quote] = self.parse(payload)
        self.assertEqual(quote.date, THURSDAY)

    def test_no_value(self):
        self.assertRefused(b"[]", errors.NoQuotes)
        payload = fixture("trm/days.json").replace(b'"3711.25"', b"null")
        self.assertEqual(len(self.parse(payload)), 5)
        zero = fixture("trm/days.json").replace(b'"3711.25"', b'"0"')
        self.assertRefused(zero, errors.FormatError, "USD.*2026-03-05")

    def test_other_answers(self):
        payload = fixture("trm/error_column.json")
        self.assertRefused(payload, errors.RequestRefused, "No such column")
        for payload in (
            fixture("trm/days.json").replace(b"COP", b"USD"),
            fixture("trm/days.json").replace(b"valor", b"value"),
            fixture("trm/days.json").replace(b"3711.25", b"3.711,25"),
        ):
            self.assertRefused(payload, errors.FormatError)


@tagged("post_install", "-at_install")
class TestTrmRequests(Loopback, BaseCase):
    code = "trm"
    path = "/32sa-8pi3.json"

    def test_what_holds_in_the_span(self):
        self.publisher.answers[self.path] = fixture("trm/days.json")
        [quote] = self.fetch(SUNDAY, SUNDAY, SUNDAY)
        self.assertEqual((quote.date, str(quote.value)), (SUNDAY, "3702.07"))
        [asked] = self.publisher.asked
        query = parse_qs(urlsplit(asked).query)
        self.assertEqual(
            query["$where"],
            [
                "vigenciahasta >= '2026-03-08T00:00:00.000' AND "
                "vigenciadesde <= '2026-03-08T00:00:00.000'"
            ],
        )
        self.assertEqual(query["$limit"], ["50000"])

    def test_a_span(self):
        self.publisher.answers[self.path] = fixture("trm/days.json")
        quotes = self.fetch(FRIDAY, TUESDAY, TUESDAY)
        self.assertEqual(len(quotes), 5)

    def test_nothing_yet(self):
        self.publisher.answers[self.path] = b"[]\n"
        self.assertEqual(self.fetch(TUESDAY, TUESDAY, FRIDAY), [])

    def test_refusals(self):
        words = fixture("trm/error_column.json")
        self.publisher.answers[self.path] = lambda handler, _n: reply(
            handler, words, 400
        )
        with self.assertRaisesRegex(errors.RequestRefused, "No such column"):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_tomorrow_is_there_in_the_evening(self):
        adapter = registry.get(self.code)
        self.assertEqual(adapter.ahead_days, 1)
        self.assertTrue(adapter.calendar.publishes_on(SUNDAY))
        self.assertTrue(adapter.calendar.is_sure(SUNDAY))
