"""What names of columns say of a currency, its units, its pair and the kind of rate."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...providers.currency_names import code_of
from ...providers.sheet_labels import Label, read_label


@tagged("post_install", "-at_install")
class TestSheetLabels(BaseCase):
    def test_what_they_say(self):
        for text, *said in (
            ("USD", "USD"),
            ("美元", "USD"),
            ("dólar estadounidense", "USD"),
            ("港币 HKD", "HKD"),
            ("100日元", "JPY", 100),
            ("JPY（100）", "JPY", 100),
            ("JPY per 100", "JPY", 100),
            ("每100韩元", "KRW", 100),
            ("10000越南盾", "VND", 10000),
            ("USD/CNY", "USD", 1, "CNY"),
            ("USDCNY", "USD", 1, "CNY"),
            ("100日元/人民币", "JPY", 100, "CNY"),
            ("人民币/澳门元", "CNY", 1, "MOP"),
            ("美元兑人民币中间价", "USD", 1, "CNY", "mid"),
            ("CNY per 100 JPY", "JPY", 100, "CNY"),
            ("欧元现汇买入价", "EUR", None, None, "buy"),
            ("GBP cash sell", "GBP", None, None, "cash_sell"),
        ):
            with self.subTest(text):
                self.assertEqual(read_label(text), Label(*said))

    def test_what_says_nothing_or_two_things(self):
        for text in (
            "",
            "date",
            "备注",
            "dollar",
            "XYZ",
            "rate",
            "USD EUR",
            "USD/EUR/CNY",
            "CNY/100 JPY",
            "USD/USD",
            "USD (EUR)",
            "100日元(1)",
            "USD buy sell",
            7.1,
            None,
        ):
            with self.subTest(text):
                self.assertIsNone(read_label(text))

    def test_names_of_two_currencies_are_none_of_either(self):
        for name in ("dollar", "peso", "元", "yuan", "franc", ""):
            self.assertIsNone(code_of(name))
        self.assertEqual(code_of(" us  dollar "), "USD")
        self.assertEqual(code_of("人民幣"), "CNY")

    @given(st.text("USD CNYJP元美日/()10-.对 per", max_size=30))
    def test_any_text(self, text):
        label = read_label(text)
        if label:
            self.assertRegex(label.currency, "^[A-Z]{3}$")
            self.assertNotEqual(label.currency, label.against)
