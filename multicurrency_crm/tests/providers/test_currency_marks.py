"""Which currency a sign beside an amount is, and when nobody knows."""

from odoo.tests import BaseCase, tagged

from ...providers.currency_codes import CURRENT
from ...providers.currency_marks import _OWN, _SHARED, code_of_mark


@tagged("post_install", "-at_install")
class TestCurrencyMarks(BaseCase):
    def test_codes_names_and_signs(self):
        for text, code in (
            ("USD", "USD"),
            ("usd", "USD"),
            ("美元", "USD"),
            ("人民币", "CNY"),
            ("€", "EUR"),
            ("US$", "USD"),
            ("HK$", "HKD"),
            ("NT$", "TWD"),
            ("CN￥", "CNY"),
            ("JP¥", "JPY"),
            ("RM", "MYR"),
            ("zł", "PLN"),
            ("Kč", "CZK"),
            ("円", "JPY"),
            (" ₹ ", "INR"),
        ):
            with self.subTest(text):
                self.assertEqual(code_of_mark(text), code)

    def test_a_country_says_which(self):
        for sign, country, code in (
            ("$", "US", "USD"),
            ("$", "hk", "HKD"),
            ("＄", "SG", "SGD"),
            ("￥", "CN", "CNY"),
            ("¥", "JP", "JPY"),
            ("£", "GB", "GBP"),
            ("£", "EG", "EGP"),
            ("kr", "SE", "SEK"),
            ("kr.", "DK", "DKK"),
            ("Rs.", "IN", "INR"),
            ("元", "TW", "TWD"),
        ):
            with self.subTest(sign, country=country):
                self.assertEqual(code_of_mark(sign, country), code)

    def test_nobody_guesses(self):
        for sign, country in (
            *(("$", ""), ("¥", ""), ("£", ""), ("kr", ""), ("元", ""), ("Rs", "")),
            # not that of the country, or no country
            *(("$", "DE"), ("¥", "US"), ("$", "XX"), ("$", "001"), ("¤", "US")),
            *(("", ""), ("dollars", "US"), ("ZZ$", ""), ("$$", "US")),
        ):
            with self.subTest(sign, country=country):
                self.assertIsNone(code_of_mark(sign, country))

    def test_all_are_codes(self):
        codes = {*_OWN.values(), *" ".join(_SHARED.values()).split()}
        self.assertLessEqual(codes, CURRENT)
