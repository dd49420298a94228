"""The Bank of Taiwan's board: headings twice, a day in a header, what isn't traded."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestBotTw(AdapterCases, BaseCase):
    code = "bot_tw"
    fixtures = ("bot_tw/day.csv", "bot_tw/month_usd.csv", "bot_tw/month_php.csv")
    hints = {"date": FRIDAY}

    def test_four_prices_for_one(self):
        quotes = self.by_key(fixture("bot_tw/day.csv"))
        prices = {
            kind: str(quote)
            for (_day, code, kind), quote in quotes.items()
            if code == "JPY"
        }
        self.assertEqual(
            prices,
            {
                "buy": "1 JPY = 0.20250 TWD",
                "sell": "1 JPY = 0.20650 TWD",
                "cash_buy": "1 JPY = 0.19520 TWD",
                "cash_sell": "1 JPY = 0.20800 TWD",
            },
        )

    def test_banknotes_only(self):
        for name in ("day", "month_php"):
            quotes = self.by_key(fixture(f"bot_tw/{name}.csv"))
            kinds = {kind for _day, code, kind in quotes if code == "PHP"}
            self.assertEqual(kinds, {"cash_buy", "cash_sell"})

    def test_days_of_a_month(self):
        """They are in the file, whatever is said beside it."""
        month = self.by_key(fixture("bot_tw/month_usd.csv"), date=None)
        self.assertEqual({day for day, _code, _kind in month}, {THURSDAY, FRIDAY})
        day = self.by_key(fixture("bot_tw/day.csv"))
        both = {key: month[key] for key in month.keys() & day.keys()}
        self.assertEqual(both, {key: day[key] for key in both})
        self.assertEqual(len(both), 4)

    def test_nobody_says_the_day(self):
        payload = fixture("bot_tw/day.csv")
        self.assertRefused(payload, errors.FormatError, "which day", date=None)

    def test_sides_in_another_order(self):
        payload = fixture("bot_tw/day.csv").decode()
        payload = payload.replace("本行買入", "…").replace("本行賣出", "本行買入")
        quotes = self.by_key(payload.replace("…", "本行賣出").encode())
        self.assertEqual(str(quotes[FRIDAY, "USD", "buy"].value), "31.75500")

    def test_in_english(self):
        payload = fixture("bot_tw/month_usd.csv").decode()
        for chinese, english in (
            ("資料日期", "Data Date"),
            ("幣別", "Currency"),
            ("匯率", "Rate"),
            ("現金", "Cash"),
            ("即期", "Spot"),
            ("本行買入", "Buying"),
            ("本行賣出", "Selling"),
        ):
            payload = payload.replace(chinese, english)
        known = self.parse(fixture("bot_tw/month_usd.csv"))
        self.assertEqual(self.parse(payload.encode()), known)

    def test_pages(self):
        page = fixture("bot_tw/nothing.html")
        self.assertRefused(page, errors.NoQuotes)
        words = "\ufeff很抱歉，本次查詢找不到任何一筆資料！".encode()
        self.assertRefused(words, errors.NoQuotes)
        page = fixture("bot_tw/challenge.html")
        self.assertRefused(page, errors.FormatError, "web page")

    def test_other_shapes(self):
        payload = fixture("bot_tw/month_usd.csv").decode()
        for old, new in (
            ("幣別", "貨幣"),
            ("即期", "遠期"),
            ("本行買入", "買入"),
            ("20260306", "2026-03-06T"),
            ("USD", "美金"),
            ("31.65500", "31,655"),
        ):
            with self.subTest(new):
                wrong = payload.replace(old, new).encode()
                self.assertRefused(wrong, errors.FormatError)
        self.assertRefused(payload.encode("big5", "replace"), errors.FormatError)


@tagged("post_install", "-at_install")
class TestBotTwRequests(Loopback, BaseCase):
    code = "bot_tw"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("bot_tw")), "min_interval", 0)

    def serve_board(self, **headers):
        self.publisher.answers["/day"] = lambda handler, _n: reply(
            handler, fixture("bot_tw/day.csv"), **headers
        )

    def test_the_newest_board(self):
        name = 'attachment; filename="ExchangeRate@202603061603.csv"'
        self.serve_board(content_disposition=name)
        sunday = FRIDAY + datetime.timedelta(2)
        quotes = self.fetch(FRIDAY, sunday, sunday)
        self.assertEqual({quote.date for quote in quotes}, {FRIDAY})
        self.assertEqual(len(quotes), 16)
        self.assertEqual(self.publisher.asked, ["/day"])
        self.assertIn("Mozilla", self.publisher.headers[0]["User-Agent"])

    def test_yesterday_s_board(self):
        self.serve_board(content_disposition="filename=ExchangeRate@202603051603.csv")
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])

    def test_a_board_of_no_day(self):
        for headers in ({}, {"content_disposition": "attachment"}):
            self.serve_board(**headers)
            with self.assertRaisesRegex(errors.FormatError, "which day"):
                self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_months_of_the_currencies_wanted(self):
        nothing = fixture("bot_tw/nothing.html")
        self.publisher.answers = {
            "/2026-02/PHP": nothing,
            "/2026-02/USD": nothing,
            "/2026-03/PHP": fixture("bot_tw/month_php.csv"),
            "/2026-03/USD": fixture("bot_tw/month_usd.csv"),
        }
        start = datetime.date(2026, 2, 27)
        wanted = {"USD", "PHP", "TWD"}
        quotes = self.fetch(start, THURSDAY, FRIDAY, currencies=wanted)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY})
        self.assertEqual(self.publisher.asked, sorted(self.publisher.answers))
