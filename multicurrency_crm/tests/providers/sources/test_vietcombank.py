"""Vietcombank's board: American dates, commas between thousands, what isn't traded."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ..adapter_cases import AdapterCases
from ..common import fixture, reply
from ..loopback import Loopback

FRIDAY = datetime.date(2026, 3, 6)
PATH = "/pXML.aspx?b=10"


@tagged("post_install", "-at_install")
class TestVietcombank(AdapterCases, BaseCase):
    code = "vietcombank"
    fixtures = ("vietcombank/board.xml", "vietcombank/evening.xml")

    def test_three_prices_for_one(self):
        quotes = self.by_key(fixture("vietcombank/board.xml"))
        prices = {
            kind: str(quote)
            for (_day, code, kind), quote in quotes.items()
            if code == "USD"
        }
        self.assertEqual(
            prices,
            {
                "buy": "1 USD = 26040.00 VND",
                "sell": "1 USD = 26400.00 VND",
                "cash_buy": "1 USD = 26010.00 VND",
            },
        )
        self.assertEqual(str(quotes[FRIDAY, "JPY", "buy"]), "1 JPY = 162.83 VND")

    def test_months_come_first(self):
        days = {quote.date for quote in self.parse(fixture("vietcombank/board.xml"))}
        self.assertEqual(days, {FRIDAY})
        days = {quote.date for quote in self.parse(fixture("vietcombank/evening.xml"))}
        self.assertEqual(days, {datetime.date(2026, 12, 11)})

    def test_what_is_not_traded(self):
        """A dash, and in older boards a zero."""
        for name in self.fixtures:
            quotes = self.by_key(fixture(name))
            kinds = {kind for _day, code, kind in quotes if code == "DKK"}
            self.assertEqual(kinds, {"buy", "sell"})

    def test_without_a_declaration(self):
        board = fixture("vietcombank/board.xml")
        bare = board.partition(b"\r\n")[2].replace(b" Transfer=", b"\n    Transfer=")
        self.assertEqual(self.parse(bare), self.parse(board))

    def test_nothing_on_it(self):
        self.assertRefused(fixture("vietcombank/empty.xml"), errors.NoQuotes)
        self.assertRefused(fixture("vietcombank/hasty.html"), errors.FormatError)

    def test_other_shapes(self):
        board = fixture("vietcombank/board.xml")
        for old, new in (
            (b"3/6/2026 10:36:00 AM", b""),
            (b"3/6/2026", b"13/6/2026"),
            (b"ExrateList", b"RateList"),
            (b"Transfer=", b"Wire="),
            (b'"USD"', b'"US"'),
            (b"26,040.00", b"26.040,00"),
            (b"26,040.00", b"-26,040.00"),
        ):
            with self.subTest(new):
                self.assertRefused(board.replace(old, new), errors.FormatError)


@tagged("post_install", "-at_install")
class TestVietcombankRequests(Loopback, BaseCase):
    code = "vietcombank"

    def test_the_board(self):
        self.publisher.answers[PATH] = fixture("vietcombank/board.xml")
        self.assertEqual(len(self.fetch(FRIDAY, FRIDAY, FRIDAY)), 14)
        self.assertEqual(self.publisher.asked, [PATH])

    def test_friday_s_board_at_the_weekend(self):
        self.publisher.answers[PATH] = fixture("vietcombank/board.xml")
        sunday = FRIDAY + datetime.timedelta(2)
        self.assertEqual(len(self.fetch(FRIDAY, sunday, sunday)), 14)
        self.assertEqual(self.fetch(sunday, sunday, sunday), [])

    def test_no_history(self):
        past = FRIDAY - datetime.timedelta(4)
        self.assertEqual(self.fetch(past, past, FRIDAY), [])
        self.assertEqual(self.publisher.asked, [])

    def test_no_second_attempt_within_five_minutes(self):
        self.publisher.answers[PATH] = lambda handler, _n: reply(handler, b"", 503)
        with self.assertRaises(errors.TransportError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY, attempts=3)
        self.assertEqual(len(self.publisher.asked), 1)
