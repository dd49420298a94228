"""The Bank of China's board, in the layouts of 2019 and of 2026."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ....providers.http import Client
from ....providers.sources.boc_cn import BankOfChina
from ..adapter_cases import AdapterCases
from ..common import fixture, publisher

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)
TABLE, ROWS = "boc_cn/table_2026-03-05.html", "boc_cn/rows_2026-03-06.html"


@tagged("post_install", "-at_install")
class TestBocCn(AdapterCases, BaseCase):
    code = "boc_cn"
    fixtures = (TABLE, ROWS)

    def table(self, *rows, header=None):
        """A board of (name, five prices, date, time)."""
        header = header or (
            "货币名称 现汇买入价 现钞买入价 现汇卖出价 现钞卖出价 中行折算价 "
            "发布日期 发布时间"
        )
        lines = [header.split(), *rows]
        cells = ("".join(f"<td>{cell}</td>" for cell in line) for line in lines)
        body = "".join(f"<tr>{line}</tr>" for line in cells)
        return f"<table>{body}</table>".encode()

    def dollar(self, figure="690", day="2026-03-05", time="10:30:00", name="美元"):
        return (name, *[figure] * 5, day, time)

    def test_five_prices_for_a_hundred(self):
        quotes = self.by_key(fixture(TABLE))
        prices = {
            kind: str(quote.value)
            for (_day, code, kind), quote in quotes.items()
            if code == "USD"
        }
        self.assertEqual(
            prices,
            {
                "buy": "688.12",
                "cash_buy": "682.53",
                "sell": "691.03",
                "cash_sell": "691.03",
                "official": "690.04",
            },
        )
        self.assertEqual(str(quotes[THURSDAY, "JPY", "buy"]), "100 JPY = 4.5810 CNY")
        self.assertEqual(quotes[THURSDAY, "USD", "sell"].nominal, 100)

    def test_blank_cells_are_no_prices(self):
        quotes = self.by_key(fixture(TABLE))
        kinds = {kind for _day, code, kind in quotes if code == "AED"}
        self.assertEqual(kinds, {"cash_buy", "cash_sell", "official"})

    def test_the_newest_of_a_day(self):
        """The dollar stands there three times: twice today, once yesterday."""
        quotes = self.by_key(fixture(ROWS))
        self.assertEqual(quotes[FRIDAY, "USD", "buy"].value, Decimal("687.5"))
        self.assertEqual(quotes[THURSDAY, "USD", "buy"].value, Decimal("686.9"))

    def test_unknown_names_are_left_out(self):
        quotes = self.by_key(fixture(ROWS))
        self.assertEqual({code for _day, code, _k in quotes}, {"USD", "EUR", "IDR"})

    def test_columns_in_another_order(self):
        payload = self.table(
            ("美元", "691.03", "688.12", "2026-03-05"),
            header="货币名称 现汇卖出价 现汇买入价 发布日期",
        )
        quotes = self.by_key(payload)
        self.assertEqual(quotes[THURSDAY, "USD", "sell"].value, Decimal("691.03"))
        self.assertEqual(len(quotes), 2)

    def test_nothing_on_it(self):
        self.assertRefused(self.table(), errors.NoQuotes)
        self.assertRefused(self.table(self.dollar(figure="")), errors.NoQuotes)
        self.assertRefused(self.table(self.dollar(name="贝壳币")), errors.NoQuotes)

    def test_cut_off(self):
        payload = fixture(TABLE)
        for end in (payload.index(b"691.03") + 3, payload.index("现汇".encode()) + 1):
            self.assertRefused(payload[:end], errors.FormatError)
        self.assertRefused(payload[:-10], errors.FormatError, "cut off")

    def test_no_board(self):
        for payload in (
            b"<html><body><table><tr><td>USD</td></tr></table></body></html>",
            fixture(TABLE).replace("现汇买入价".encode(), b"?"),
            fixture(TABLE).decode().encode("gb18030"),
            self.table(self.dollar()[:-1]),
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(payload, errors.FormatError)

    def test_dates_and_times(self):
        for day, time in (("2026-13-01", "1:00:00"), ("", ""), ("2026-03-05", "noon")):
            with self.subTest(day, time=time):
                payload = self.table(self.dollar(day=day, time=time))
                self.assertRefused(payload, errors.FormatError, "valid date")

    def test_figures_that_cannot_be(self):
        payload = self.table(self.dollar("0.00"), self.dollar(name="欧元"))
        self.assertRefused(payload, errors.FormatError, "USD")
        refused = []
        quotes = self.parse(payload, refused=refused)
        self.assertEqual({quote.currency for quote in quotes}, {"EUR"})
        self.assertEqual({figure.currency for figure in refused}, {"USD"})

    def test_nested_without_end(self):
        payload = b"<table><tr><td>" * 20_000 + b"</tr></table>"
        self.assertRefused(payload, errors.FormatError)

    def test_terms_come_first(self):
        self.assertTrue(self.adapter.restricted)
        self.assertIn("Republication", self.adapter.terms)


@tagged("post_install", "-at_install")
class TestBocCnRequests(BaseCase):
    class Hasty(BankOfChina):
        min_interval = 0

    def fetch(self, date_from, date_to, today):
        with publisher() as self.publisher:
            self.publisher.answers["/"] = fixture(ROWS)
            with Client((), ["127.0.0.1"], pause=0) as client:
                address = self.publisher.address
                return self.Hasty().fetch(client, address, date_from, date_to, today)

    def test_only_the_days_wanted(self):
        quotes = self.fetch(FRIDAY, FRIDAY, FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        self.assertEqual(len(quotes), 15)

    def test_no_history(self):
        wednesday = THURSDAY - datetime.timedelta(1)
        self.assertEqual(self.fetch(wednesday, wednesday, FRIDAY), [])
        self.assertEqual(self.publisher.asked, [])
