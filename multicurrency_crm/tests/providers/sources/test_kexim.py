"""Korea's rates: a day that only the request says, refusals by number."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)
KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestKexim(AdapterCases, BaseCase):
    code = "kexim"
    fixtures = ("kexim/friday.json", "kexim/thursday.json")
    hints = {"date": FRIDAY}

    def test_units_behind_the_code(self):
        quotes = self.by_key(fixture("kexim/friday.json"))
        for code, equation in (
            ("USD", "1 USD = 1451.5 KRW"),
            ("JPY", "100 JPY = 925.63 KRW"),
            ("IDR", "100 IDR = 8.62 KRW"),
        ):
            self.assertEqual(str(quotes[FRIDAY, code, "mid"]), equation)

    def test_three_kinds(self):
        quotes = self.by_key(fixture("kexim/friday.json"))
        self.assertEqual(str(quotes[FRIDAY, "AED", "buy"].value), "391.25")
        self.assertEqual(str(quotes[FRIDAY, "AED", "sell"].value), "399.16")
        self.assertEqual(len(quotes), 15)

    def test_the_yuan(self):
        """What the bank calls CNH is its yuan; the won itself is left out."""
        codes = {quote.currency for quote in self.parse(fixture("kexim/friday.json"))}
        self.assertIn("CNY", codes)
        self.assertFalse({"CNH", "KRW"} & codes)
        payload = fixture("kexim/friday.json").replace(b'"AED"', b'"CNY"')
        codes = {quote.currency for quote in self.parse(payload)}
        self.assertLessEqual({"CNH", "CNY"}, codes)

    def test_figures_that_are_missing(self):
        quotes = self.by_key(fixture("kexim/thursday.json"))
        kinds = {kind for _day, code, kind in quotes if code == "EUR"}
        self.assertEqual(kinds, {"mid"})

    def test_nobody_says_the_day(self):
        payload = fixture("kexim/friday.json")
        self.assertRefused(payload, errors.FormatError, "which day", date=None)
        quotes = self.parse(payload, date="2026-03-05")
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY})

    def test_no_rates(self):
        self.assertRefused(fixture("kexim/weekend.json"), errors.NoQuotes)
        blank = fixture("kexim/error_3.json")
        for result in (b"0", b"1"):
            payload = blank.replace(b'"result":3', b'"result":' + result)
            self.assertRefused(payload, errors.NoQuotes)

    def test_refusals_by_number(self):
        for number, error, words in (
            (2, errors.RequestRefused, "what was asked for"),
            (3, errors.KeyRefused, "the key"),
            (4, errors.TooManyRequests, "tomorrow"),
        ):
            payload = fixture(f"kexim/error_{number}.json")
            with self.subTest(number):
                self.assertRefused(payload, error, words)
                self.assertRefused(payload.strip(b"[]"), error, words)
        for answer in (
            b'[{"result": 9}]',
            b'{"result": null}',
            b'[{"cur_unit": "USD"}]',
        ):
            self.assertRefused(answer, errors.FormatError, "instead of rates")

    def test_other_shapes(self):
        payload = fixture("kexim/friday.json")
        for old, new in (
            (b"JPY(100)", b"JPY(0)"),
            (b"JPY(100)", b"JPY/100"),
            (b"JPY(100)", b"YEN 100"),
            (b"1,451.5", b"1451,5"),
            (b'"deal_bas_r":"1,451.5"', b'"deal_bas_r":"0"'),
            (b'"deal_bas_r":"1,451.5"', b'"rate":"1,451.5"'),
        ):
            with self.subTest(new):
                self.assertRefused(payload.replace(old, new), errors.FormatError)


@tagged("post_install", "-at_install")
class TestKeximRequests(Loopback, BaseCase):
    code = "kexim"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("kexim")), "min_interval", 0)

    def path(self, day):
        return f"/exchangeJSON?authkey={KEY}&searchdate={day:%Y%m%d}&data=AP01"

    def test_a_request_for_each_working_day(self):
        self.publisher.answers = {
            self.path(THURSDAY): fixture("kexim/thursday.json"),
            self.path(FRIDAY): fixture("kexim/friday.json"),
        }
        monday = FRIDAY + datetime.timedelta(3)
        self.publisher.answers[self.path(monday)] = fixture("kexim/weekend.json")
        quotes = self.fetch(THURSDAY, monday, monday, api_key=KEY)
        dollars = {
            q.date: q.value for q in quotes if (q.currency, q.kind) == ("USD", "mid")
        }
        self.assertEqual(
            {day: str(value) for day, value in dollars.items()},
            {THURSDAY: "1449.2", FRIDAY: "1451.5"},
        )
        self.assertEqual(
            self.publisher.asked, [self.path(d) for d in (THURSDAY, FRIDAY, monday)]
        )

    def test_days_to_come(self):
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, THURSDAY, api_key=KEY), [])
        self.assertEqual(self.publisher.asked, [])

    def test_a_key_that_is_not_known(self):
        self.publisher.answers[self.path(FRIDAY)] = fixture("kexim/error_3.json")
        with self.assertRaises(errors.KeyRefused) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=KEY)
        self.assertNotIn(KEY, str(caught.exception))

    def test_the_key_stays_out_of_errors(self):
        with self.assertRaises(errors.NotPublished) as caught:
            self.fetch(FRIDAY, FRIDAY, FRIDAY, api_key=KEY)
        self.assertNotIn(KEY, str(caught.exception) + caught.exception.body)
