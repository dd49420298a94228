"""Figures and days as some publishers write them, and what came beside a payload."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine.calendars import Calendar
from ...providers import errors, reading, spans
from ...providers.base import Answer
from ...providers.http import Client
from .common import publisher, reply
from .test_registry import Atlantis

DAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestReading(BaseCase):
    def test_thousands(self):
        for text, figure in (
            ("26,129.00", "26129.00"),
            (" 1,234,567 ", "1234567"),
            ("855.21", "855.21"),
            ("25,12", "25,12"),
            ("1234,567", "1234,567"),
            (None, ""),
        ):
            self.assertEqual(reading.grouped(text), figure)

    def test_noise_of_binary_numbers(self):
        for written, meant in (
            ("4.2916999999999996", "4.2917"),
            ("4.2917000000000003", "4.2917"),
            ("0.097000000000000003", "0.097"),
            ("100.00000000000001", "100"),
            ("104.76819999999999", "104.7682"),
            ("0.123456789012345", "0.123456789012345"),
            ("2.3025850929940457e98", "2.3025850929940457E+98"),
            ("1.2345678901234567E-999999999", "1.2345678901234567E-999999999"),
            ("NaN", "NaN"),
        ):
            self.assertEqual(str(reading.without_noise(Decimal(written))), meant)
        self.assertIsNone(reading.without_noise(None))

    def test_days_of_hints(self):
        self.assertEqual(reading.hinted_date({"date": DAY}), DAY)
        self.assertEqual(reading.hinted_date({"date": "2026-03-06"}), DAY)
        for hints in ({}, {"date": "today"}, {"date": 20260306}):
            with self.assertRaises(errors.FormatError):
                reading.hinted_date(hints)

    def test_months_of_a_span(self):
        first = datetime.date(2025, 12, 31)
        self.assertEqual(
            [f"{month:%Y-%m-%d}" for month in spans.months(first, DAY)],
            ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"],
        )
        self.assertEqual(list(spans.months(DAY, first)), [])

    def test_when_the_newest_will_do(self):
        calendar = Calendar("UTC", datetime.time(9))
        sunday = DAY + datetime.timedelta(2)
        self.assertTrue(spans.newest_will_do(calendar, DAY, sunday))
        thursday = DAY - datetime.timedelta(1)
        self.assertFalse(spans.newest_will_do(calendar, thursday, sunday))


class Undated(Atlantis):
    """Dates its files in a header."""

    def request(self, client, address, date_from, date_to, today):
        payload = client.get(f"{address}rates.csv")
        return Answer(payload, date=client.received.get("X-Day"))

    def parse(self, payload, **hints):
        day = reading.hinted_date(hints)
        quotes = reading.Quotes(self.code, self.base, hints)
        quotes.add("USD", payload.decode(), day)
        return quotes.done()


@tagged("post_install", "-at_install")
class TestHints(BaseCase):
    def fetch(self, **headers):
        with publisher() as server, Client((), ["127.0.0.1"], attempts=1) as client:
            server.answers["/rates.csv"] = lambda handler, _n: reply(
                handler, b"109.5", **headers
            )
            return Undated().fetch(client, server.address, DAY, DAY, DAY, [])

    def test_a_day_in_a_header(self):
        [quote] = self.fetch(x_day="2026-03-06")
        self.assertEqual(quote.date, DAY)
        self.assertEqual(self.fetch(x_day="2026-03-05"), [])

    def test_no_day(self):
        with self.assertRaisesRegex(errors.FormatError, "of which day"):
            self.fetch()
