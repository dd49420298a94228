"""Tables A, B and C of the bank of Poland, and the files that it had before."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestNbp(AdapterCases, BaseCase):
    code = "nbp"
    fixtures = (
        "nbp/table_a.json",
        "nbp/table_b.json",
        "nbp/table_c.json",
        "nbp/one.json",
        "nbp/tables.xml",
        "nbp/one.xml",
    )

    def test_two_days(self):
        quotes = self.by_key(fixture("nbp/table_a.json"))
        self.assertEqual(len(quotes), 7)
        self.assertEqual(str(quotes[THURSDAY, "USD", "mid"]), "1 USD = 3.6111 PLN")
        self.assertEqual(str(quotes[FRIDAY, "IDR", "mid"].value), "0.00021501")
        self.assertIn((THURSDAY, "XDR", "mid"), quotes)
        self.assertNotIn((FRIDAY, "XDR", "mid"), quotes)

    def test_bank_s_own_prices(self):
        quotes = self.by_key(fixture("nbp/table_c.json"))
        self.assertEqual(
            {key: str(quote.value) for key, quote in quotes.items()},
            {(FRIDAY, "USD", "buy"): "3.5802", (FRIDAY, "USD", "sell"): "3.6526"},
        )

    def test_every_form_says_the_same(self):
        known = {}
        for name in ("nbp/table_a.json", "nbp/table_c.json"):
            known |= self.by_key(fixture(name))
        for name in ("nbp/one.json", "nbp/tables.xml", "nbp/one.xml"):
            with self.subTest(name):
                self.assertLessEqual(self.by_key(fixture(name)).items(), known.items())

    def test_words_instead_of_rates(self):
        nothing = b"404 NotFound - Not Found - Brak danych"
        self.assertRefused(nothing, errors.NoQuotes)
        self.assertRefused(b"[]", errors.NoQuotes)
        limit = "400 BadRequest - Za dużo wyników / Limit of 93 days".encode()
        self.assertRefused(limit, errors.FormatError, "“Limit of 93 days”")
        self.assertRefused(b'[{"data":"2026-03-05","cena":601.2}]', errors.FormatError)

    def test_zero_is_no_rate(self):
        payload = fixture("nbp/table_a.json").replace(b"3.6111", b"0.0")
        self.assertRefused(payload, errors.FormatError, "USD.*2026-03-05")
        refused = []
        self.assertEqual(len(self.parse(payload, refused=refused)), 6)
        self.assertEqual([figure.currency for figure in refused], ["USD"])


@tagged("post_install", "-at_install")
class TestNbpOldFiles(AdapterCases, BaseCase):
    code = "nbp"
    fixtures = ("nbp/old.xml", "nbp/old_c.xml")
    codec = "iso-8859-2"

    def test_nominal_and_comma(self):
        day = datetime.date(2023, 3, 2)
        quotes = self.by_key(fixture("nbp/old.xml"))
        self.assertEqual(str(quotes[day, "JPY", "mid"]), "100 JPY = 3.2345 PLN")
        rupiah = quotes[day, "IDR", "mid"]
        self.assertAlmostEqual(rupiah.rate, Decimal("3460.0878862323"), 9)
        prices = self.by_key(fixture("nbp/old_c.xml"))
        self.assertEqual({kind for *_key, kind in prices}, {"buy", "sell"})

    def test_units_that_are_none(self):
        payload = fixture("nbp/old.xml")
        for units in (b"0", b"-100", b"ten", b"1,5", b""):
            with self.subTest(units):
                wrong = payload.replace(b">100<", b">" + units + b"<")
                self.assertRefused(wrong, errors.FormatError)


@tagged("post_install", "-at_install")
class TestNbpRequests(Loopback, BaseCase):
    code = "nbp"

    def path(self, table, date_from=THURSDAY, date_to=FRIDAY):
        return f"/tables/{table}/{date_from}/{date_to}/?format=json"

    def test_all_tables(self):
        for table in "abc":
            payload = fixture(f"nbp/table_{table}.json")
            self.publisher.answers[self.path(table.upper())] = payload
        quotes = self.fetch(THURSDAY, FRIDAY, FRIDAY)
        # table B is dated Wednesday
        self.assertEqual(len(quotes), 9)
        self.assertEqual(len(self.publisher.asked), 3)

    def test_nothing_at_the_weekend(self):
        saturday = datetime.date(2026, 3, 7)
        self.assertEqual(self.fetch(saturday, saturday, saturday), [])

    def test_a_table_without_the_others(self):
        self.publisher.answers[self.path("A")] = fixture("nbp/table_a.json")
        self.assertEqual(len(self.fetch(THURSDAY, FRIDAY, FRIDAY)), 7)

    def test_refused(self):
        limit = b"400 BadRequest - Limit of 93 days has been exceeded"
        self.publisher.answers[self.path("A")] = lambda handler, _n: reply(
            handler, limit, 400
        )
        with self.assertRaises(errors.RequestRefused) as caught:
            self.fetch(THURSDAY, FRIDAY, FRIDAY)
        self.assertIn("Limit of 93 days", caught.exception.body)

    def test_half_a_year_in_spans(self):
        start = FRIDAY - datetime.timedelta(180)
        self.fetch(start, FRIDAY, FRIDAY)
        middle = start + datetime.timedelta(92)
        self.assertIn(self.path("A", start, middle), self.publisher.asked)
        self.assertEqual(len(self.publisher.asked), 6)

    def test_days_off(self):
        calendar = registry.get("nbp").calendar
        for day, published in {
            datetime.date(2026, 6, 4): False,  # Corpus Christi
            datetime.date(2024, 12, 24): True,
            datetime.date(2025, 12, 24): False,
            FRIDAY: True,
        }.items():
            with self.subTest(day):
                self.assertEqual(calendar.publishes_on(day), published)
                self.assertTrue(calendar.is_sure(day))
