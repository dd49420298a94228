"""The central parity: both directions, the newest day and the pages of a history."""

import datetime
import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ....providers.http import Client
from ....providers.sources.cfets import ChinaForeignExchangeTradeSystem
from ..adapter_cases import AdapterCases
from ..common import fixture, publisher, reply

THURSDAY, FRIDAY = datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)
NEWEST = "/r/cms/www/chinamoney/data/fx/ccpr.json"
HISTORY = "/ags/ms/cm-u-bk-ccpr/CcprHisNew"


@tagged("post_install", "-at_install")
class TestCfets(AdapterCases, BaseCase):
    code = "cfets"
    fixtures = (
        "cfets/ccpr_2026-03-05.json",
        "cfets/ccpr_2026-03-06.json",
        "cfets/history_all.json",
        "cfets/history_usd.json",
    )

    def answer(self, name="history_all", **changes):
        """A fixture with other ``data``; ``records`` and ``head`` replace those."""
        answer = json.loads(fixture(f"cfets/{name}.json"))
        for part in ("records", "head"):
            answer[part] = changes.pop(part, answer[part])
        answer["data"] |= changes
        return json.dumps(answer).encode()

    def test_both_directions(self):
        quotes = self.by_key(fixture("cfets/ccpr_2026-03-05.json"))
        self.assertEqual(len(quotes), 6)
        for code, equation, rate in (
            ("USD", "1 USD = 6.8907 CNY", 1 / Decimal("6.8907")),
            ("JPY", "100 JPY = 4.3215 CNY", 100 / Decimal("4.3215")),
            ("KRW", "1 CNY = 210.55 KRW", Decimal("210.55")),
        ):
            quote = quotes[THURSDAY, code, "mid"]
            self.assertEqual(str(quote), equation)
            self.assertEqual(round(quote.rate, 20), round(rate, 20))
        self.assertEqual(str(quotes[THURSDAY, "HKD", "mid"].value), "0.88010")

    def test_missing_currency(self):
        quotes = self.by_key(fixture("cfets/ccpr_2026-03-06.json"))
        codes = {code for _day, code, _kind in quotes}
        self.assertEqual(codes, {"USD", "JPY", "MOP", "KRW"})

    def test_a_history_says_what_the_days_said(self):
        history = self.by_key(fixture("cfets/history_all.json"))
        self.assertEqual(len(history), 11)
        self.assertNotIn((datetime.date(2026, 3, 4), "MOP", "mid"), history)
        day = self.by_key(fixture("cfets/ccpr_2026-03-06.json"))
        for key in day.keys() & history.keys():
            self.assertEqual(day[key], history[key])

    def test_the_pairs_asked_for(self):
        """Asked for the dollar alone, ``head`` names the euro too."""
        quotes = self.by_key(fixture("cfets/history_usd.json"))
        self.assertEqual({code for _day, code, _kind in quotes}, {"USD"})
        quotes = self.by_key(self.answer(searchlist=[]))
        self.assertEqual(len(quotes), 11)

    def test_holidays_and_refusals(self):
        self.assertRefused(fixture("cfets/history_holiday.json"), errors.NoQuotes)
        payload = fixture("cfets/history_range.json")
        self.assertRefused(payload, errors.FormatError, "只提供一年历史数据")
        head = {"rep_code": "500", "rep_message": "x" * 5000}
        payload = self.answer(head=head, records=None)
        self.assertRefused(payload, errors.FormatError, "xxx")

    def test_other_shapes(self):
        for changes in (
            {"records": None},
            {"records": {}},
            {"records": [[]]},
            {"records": [{"date": "2026-03-06"}]},
            {"records": [{"date": "2026-03-06", "values": ["6.9", "8.0"]}]},
            {"records": [{"date": "6 March", "values": ["1", "1", "1", "1"]}]},
            {"searchlist": ["USD/EUR"] * 4},
            {"searchlist": ["USD"] * 4},
            {"searchlist": [None] * 4},
            {"head": []},
        ):
            with self.subTest(changes):
                self.assertRefused(self.answer(**changes), errors.FormatError)
        payload = self.answer("ccpr_2026-03-05", lastDate=None)
        self.assertRefused(payload, errors.FormatError, "valid date")

    def test_figures_that_cannot_be(self):
        values = ["0", "-8.0", "4.3302", "twelve"]
        payload = self.answer(records=[{"date": "2026-03-06", "values": values}])
        self.assertRefused(payload, errors.FormatError, "USD")
        refused = []
        [quote] = self.parse(payload, refused=refused)
        self.assertEqual(quote.currency, "JPY")
        self.assertEqual([r.currency for r in refused], ["USD", "EUR", "MOP"])

    def test_holidays_of_china(self):
        calendar = self.adapter.calendar
        for day, open_ in (
            (datetime.date(2026, 2, 13), True),
            (datetime.date(2026, 2, 23), False),
            (datetime.date(2026, 2, 24), True),
            (datetime.date(2026, 2, 28), False),  # a Saturday worked, no market
            (datetime.date(2026, 9, 25), False),
        ):
            self.assertEqual(calendar.publishes_on(day), open_, day)
        self.assertTrue(calendar.is_known(2026))
        self.assertFalse(calendar.is_known(2027))


class Hasty(ChinaForeignExchangeTradeSystem):
    """Without the pause that the publisher wants between requests."""

    min_interval = 0


@tagged("post_install", "-at_install")
class TestCfetsRequests(BaseCase):
    def setUp(self):
        super().setUp()
        self.publisher = self.enterContext(publisher())
        self.publisher.answers = {
            NEWEST: fixture("cfets/ccpr_2026-03-06.json"),
            HISTORY: fixture("cfets/history_all.json"),
        }

    def fetch(self, date_from, date_to=FRIDAY, today=FRIDAY):
        with Client((), ["127.0.0.1"], pause=0) as client:
            address = self.publisher.address
            return Hasty().fetch(client, address, date_from, date_to, today)

    def pages_asked(self):
        queries = [parse_qs(urlsplit(path).query) for path in self.publisher.asked]
        return [query["pageNum"] for query in queries]

    def test_the_newest_day(self):
        sunday = FRIDAY + datetime.timedelta(2)
        self.assertEqual(len(self.fetch(FRIDAY)), 4)
        self.assertEqual(len(self.fetch(FRIDAY, sunday, sunday)), 4)
        self.assertEqual(self.publisher.asked, [NEWEST, NEWEST])
        headers = self.publisher.headers[0]
        self.assertIn("Mozilla", headers["User-Agent"])
        referer = f"{self.publisher.address}chinese/bkccpr/"
        self.assertEqual(headers["Referer"], referer)

    def test_after_the_long_holiday(self):
        """Nine days without a market are still covered by the newest day."""
        self.fetch(datetime.date(2026, 2, 14), FRIDAY, datetime.date(2026, 2, 24))
        self.assertEqual(self.publisher.asked, [NEWEST])

    def test_two_days_are_a_history(self):
        self.assertEqual(len(self.fetch(THURSDAY)), 8)
        [asked] = self.publisher.asked
        query = parse_qs(urlsplit(asked).query, keep_blank_values=True)
        self.assertEqual(query["startDate"], ["2026-03-05"])
        self.assertEqual(query["endDate"], ["2026-03-06"])
        self.assertEqual(query["currency"], [""])

    def test_every_page(self):
        def answer(handler, _n):
            [page] = parse_qs(urlsplit(handler.path).query)["pageNum"]
            content = json.loads(fixture("cfets/history_usd.json"))
            content["data"] |= {"pageTotal": total, "pageNum": int(page)}
            content["records"] = [{"date": f"2026-01-0{page}", "values": ["6.9"]}]
            reply(handler, json.dumps(content).encode())

        total = 3
        self.publisher.answers[HISTORY] = answer
        quotes = self.fetch(datetime.date(2025, 10, 15))
        self.assertEqual([quote.date.day for quote in quotes], [1, 2, 3])
        self.assertEqual(self.pages_asked(), [["1"], ["2"], ["3"]])
        self.publisher.asked.clear()
        total = 10**400
        self.fetch(THURSDAY)
        self.assertEqual(self.pages_asked(), [["1"], ["2"]])
        total = "many"
        with self.assertRaises(errors.FormatError):
            self.fetch(THURSDAY)

    def test_less_than_a_year_at_once(self):
        self.publisher.answers[HISTORY] = fixture("cfets/history_holiday.json")
        self.assertEqual(self.fetch(datetime.date(2024, 3, 4)), [])
        spans = [parse_qs(urlsplit(path).query) for path in self.publisher.asked]
        self.assertEqual(
            [(span["startDate"][0], span["endDate"][0]) for span in spans],
            [
                ("2024-03-04", "2025-03-03"),
                ("2025-03-04", "2026-03-03"),
                ("2026-03-04", "2026-03-06"),
            ],
        )

    def test_turned_away(self):
        self.publisher.answers[NEWEST] = lambda handler, _n: reply(
            handler, b"<html>denied</html>", 403
        )
        with self.assertRaisesRegex(errors.RequestRefused, "403"):
            self.fetch(FRIDAY)
