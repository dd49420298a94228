"""Currencies that texts around a table say."""

from odoo.tests import BaseCase, tagged

from ....providers.spreadsheets import (
    currency_above,
    currency_of_total,
    currency_said,
)
from ....providers.spreadsheets.captions import Captions


@tagged("post_install", "-at_install")
class TestCaptions(BaseCase):
    def test_a_text_says_one_currency_or_none(self):
        for text, code in (
            ("Currency: EUR", "EUR"),
            ("币别：美元", "USD"),
            ("单位：万美元", "USD"),
            ("单位：人民币元", "CNY"),
            ("Receivables (USD)", "USD"),
            ("Open items in HKD", "HKD"),
            ("单位：元", None),
            ("单位：上海公司", None),
            ("Open items of June", None),
            ("Totals (USD) and (EUR)", None),
            ("ALL", None),
            ("usd", None),
        ):
            self.assertEqual(currency_said(text), code, text)
        self.assertEqual(currency_said("USD customers", is_caption=True), "USD")
        self.assertIsNone(currency_said("USD customers"))

    def test_rows_above_say_it_together(self):
        self.assertEqual(currency_above([("Currency", "EUR"), ("June", 3.0)]), "EUR")
        self.assertEqual(currency_above([("Currency: EUR",), ("Base: (USD)",)]), "")

    def test_totals_name_theirs(self):
        for name, code in (
            ("Total USD", "USD"),
            ("美元合计", "USD"),
            ("合计(EUR)", "EUR"),
            ("EUR total:", "EUR"),
        ):
            self.assertEqual(currency_of_total([name, 5.0]), (name, code))
        for name in ("Total", "USD", "Total Gabon"):
            self.assertIsNone(currency_of_total([name, 5.0]))

    def test_a_currency_ends_with_the_caption_around_it(self):
        captions, found = Captions(), []
        for kind, text in (
            ("group", "Acme"),
            ("group", "USD"),
            ("data", "1"),
            ("group", "EUR"),
            ("data", "2"),
            ("group", "Bolt"),
            ("data", "3"),
            ("group", "Corp (HKD)"),
            ("data", "4"),
        ):
            captions.note(kind, [text])
            if kind == "data":
                found.append((captions.text, captions.currency))
        self.assertEqual(
            found,
            [
                ("Acme", "USD"),
                ("Acme", "EUR"),
                ("Bolt", ""),
                ("Corp (HKD)", "Corp (HKD)"),
            ],
        )
