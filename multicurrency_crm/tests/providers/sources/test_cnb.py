"""The Czech bank's rates, as JSON and as text in two languages."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestCnb(AdapterCases, BaseCase):
    code = "cnb"
    fixtures = (
        "cnb/daily.json",
        "cnb/year.json",
        "cnb/other.json",
        "cnb/daily.txt",
        "cnb/denni.txt",
        "cnb/other.txt",
        "cnb/year.txt",
        "cnb/legacy.txt",
        "cnb/stare.txt",
    )

    def test_amounts(self):
        quotes = self.by_key(fixture("cnb/daily.json"))
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 13.304 CZK")
        self.assertEqual(str(quotes[FRIDAY, "IDR", "mid"]), "1000 IDR = 1.241 CZK")
        self.assertEqual(str(quotes[FRIDAY, "EUR", "mid"].value), "24.285")

    def test_every_form_says_the_same(self):
        json = self.by_key(fixture("cnb/daily.json"))
        for name in ("cnb/daily.txt", "cnb/denni.txt"):
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertEqual(len(quotes), 4)
                self.assertLessEqual(quotes.items(), json.items())

    def test_a_year(self):
        json = self.by_key(fixture("cnb/year.json"))
        text = self.by_key(fixture("cnb/year.txt"))
        self.assertLessEqual(json.items(), text.items())
        self.assertNotIn((THURSDAY, "USD", "mid"), json)
        # the rouble's column ended with the second header
        self.assertIn((THURSDAY, "RUB", "mid"), text)
        self.assertEqual(str(text[FRIDAY, "USD", "mid"].value), "20.912")

    def test_other_currencies(self):
        day = datetime.date(2026, 2, 27)
        for name in ("cnb/other.json", "cnb/other.txt"):
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertEqual(str(quotes[day, "VND", "mid"].value), "7.961")
                self.assertEqual(quotes[day, "VND", "mid"].nominal, 10000)
                self.assertNotIn((day, "VEF", "mid"), quotes)

    def test_currencies_that_the_euro_was_replacing(self):
        """From 1999 to 2001 they stand in a second block, at their fixed ratios."""
        day = datetime.date(2000, 1, 3)
        quotes = self.by_key(fixture("cnb/legacy.txt"))
        self.assertEqual(len(quotes), 9)
        self.assertEqual(str(quotes[day, "BEF", "mid"]), "100 BEF = 89.398 CZK")
        self.assertEqual(str(quotes[day, "ITL", "mid"]), "1000 ITL = 18.625 CZK")
        euro = quotes[day, "EUR", "mid"].value
        for code, ratio in (("ATS", "13.7603"), ("DEM", "1.95583")):
            fixed = euro / quotes[day, code, "mid"].value
            self.assertAlmostEqual(fixed, Decimal(ratio), 2)
        czech = self.by_key(fixture("cnb/stare.txt"))
        self.assertEqual(len(czech), 4)
        self.assertLessEqual(czech.items(), quotes.items())
        dotted = fixture("cnb/legacy.txt").replace(b"03 Jan 2000 #", b"03.Jan.2000  #")
        self.assertEqual(self.by_key(dotted), quotes)

    def test_zero_of_a_living_currency(self):
        payload = fixture("cnb/other.txt").replace(b"5.688", b"0.000")
        self.assertRefused(payload, errors.FormatError, "AED")

    def test_empty_and_errors(self):
        self.assertRefused(b'{"rates":[]}', errors.NoQuotes)
        said = b'{"description":"Invalid date","errorCode":"VALIDATION_ERROR"}'
        self.assertRefused(said, errors.FormatError, "Invalid date")

    def test_half_a_figure(self):
        for name in ("cnb/daily.txt", "cnb/year.txt", "cnb/denni.txt"):
            for end in (-2, -3, -4):
                with self.subTest(name, end=end):
                    self.assertRefused(fixture(name)[:end], errors.FormatError)


@tagged("post_install", "-at_install")
class TestCnbRequests(Loopback, BaseCase):
    code = "cnb"

    def test_one_day(self):
        path = "/exrates/daily?date=2026-03-06&lang=EN"
        self.publisher.answers[path] = fixture("cnb/daily.json")
        self.assertEqual(len(self.fetch(FRIDAY, FRIDAY, FRIDAY)), 5)
        self.assertEqual(self.publisher.asked, [path])

    def test_weekend_has_friday_s_file(self):
        sunday = datetime.date(2026, 3, 8)
        path = "/exrates/daily?date=2026-03-08&lang=EN"
        self.publisher.answers[path] = fixture("cnb/daily.json")
        self.assertEqual(self.fetch(sunday, sunday, sunday), [])

    def test_across_a_month_and_new_year(self):
        answers = self.publisher.answers
        answers["/exrates/daily-year?year=2026"] = fixture("cnb/year.json")
        answers["/exrates/daily-year?year=2025"] = b'{"rates":[]}'
        for month in ("2025-12", "2026-01"):
            path = f"/fxrates/daily-month?yearMonth={month}&lang=EN"
            answers[path] = b'{"rates":[]}'
        path = "/fxrates/daily-month?yearMonth=2026-02&lang=EN"
        answers[path] = fixture("cnb/other.json")
        quotes = self.fetch(datetime.date(2025, 12, 15), FRIDAY, FRIDAY)
        self.assertEqual(len(quotes), 6)
        self.assertEqual(set(self.publisher.asked), set(answers))

    def test_days_off(self):
        calendar = registry.get("cnb").calendar
        self.assertFalse(calendar.publishes_on(datetime.date(2026, 4, 3)))
        self.assertTrue(calendar.publishes_on(datetime.date(2015, 4, 3)))
