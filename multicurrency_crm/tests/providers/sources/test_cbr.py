"""The Russian bank's days and histories, in windows-1251 and dated ahead."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

FRIDAY = datetime.date(2026, 3, 6)
SATURDAY = datetime.date(2026, 3, 7)
SUNDAY = datetime.date(2026, 3, 8)


@tagged("post_install", "-at_install")
class TestCbr(AdapterCases, BaseCase):
    code = "cbr"
    fixtures = (
        "cbr/saturday.xml",
        "cbr/friday_old_layout.xml",
        "cbr/history_jpy.xml",
    )
    codec = "windows-1251"

    def test_nominals(self):
        quotes = self.by_key(fixture("cbr/saturday.xml"))
        self.assertEqual(str(quotes[SATURDAY, "USD", "mid"]), "1 USD = 79.1042 RUB")
        self.assertEqual(str(quotes[SATURDAY, "JPY", "mid"]), "100 JPY = 50.3321 RUB")
        self.assertEqual(
            str(quotes[SATURDAY, "IRR", "mid"]), "1000000 IRR = 61.2210 RUB"
        )
        self.assertEqual(len(quotes), 5)

    def test_old_layout(self):
        quotes = self.by_key(fixture("cbr/friday_old_layout.xml"))
        self.assertEqual(
            {(day, code) for day, code, _kind in quotes},
            {(FRIDAY, "USD"), (FRIDAY, "JPY")},
        )

    def test_history_says_the_same(self):
        history = self.by_key(fixture("cbr/history_jpy.xml"))
        self.assertEqual(len(history), 3)
        for name, day in (("saturday", SATURDAY), ("friday_old_layout", FRIDAY)):
            key = (day, "JPY", "mid")
            with self.subTest(name):
                quotes = self.by_key(fixture(f"cbr/{name}.xml"))
                self.assertEqual(history[key], quotes[key])

    def test_numbers_of_currencies(self):
        payload = fixture("cbr/history_jpy.xml")
        unknown = payload.replace(b"R01820", b"R09999")
        self.assertRefused(unknown, errors.FormatError, "something else")
        mixed = payload.replace(b'Id="R01820"', b'Id="R01235"', 1)
        self.assertRefused(mixed, errors.FormatError, "something else")

    def test_nothing_and_refusals(self):
        self.assertRefused(fixture("cbr/history_empty.xml"), errors.NoQuotes)
        error = fixture("cbr/error.xml")
        self.assertRefused(error, errors.FormatError, "“Error in parameters”")

    def test_old_roubles(self):
        payload = fixture("cbr/saturday.xml").replace(b"07.03.2026", b"31.12.1997")
        self.assertEqual({quote.base for quote in self.parse(payload)}, {"RUR"})

    def test_wrong_figures(self):
        payload = fixture("cbr/saturday.xml")
        figures = (b">0,0000", b">79.10.42", b">-79,1042")
        self.assertSpoiled(payload, b">79,1042", figures, "USD")
        self.assertSpoiled(payload, b">1000000<", (b">0<", b"><", b">1e6<"), "units")
        days = (b"31.02.2026", b"2026-03-07", b"")
        self.assertSpoiled(payload, b"07.03.2026", days, "valid date")


@tagged("post_install", "-at_install")
class TestCbrRequests(Loopback, BaseCase):
    code = "cbr"

    def setUp(self):
        super().setUp()
        self.patch(type(registry.get("cbr")), "min_interval", 0)

    def test_tomorrow_s_are_out(self):
        answers = self.publisher.answers
        friday = "/XML_daily.asp?date_req=06%2F03%2F2026"
        saturday = "/XML_daily.asp?date_req=07%2F03%2F2026"
        answers[friday] = fixture("cbr/friday_old_layout.xml")
        answers[saturday] = fixture("cbr/saturday.xml")
        self.assertEqual(len(self.fetch(FRIDAY, SATURDAY, FRIDAY)), 7)
        self.assertEqual(self.publisher.asked, [friday, saturday])

    def test_a_day_without_rates_of_its_own(self):
        """Sunday has Saturday's, which stay Saturday's."""
        self.publisher.answers["/XML_daily.asp"] = fixture("cbr/saturday.xml")
        self.assertEqual(self.fetch(SUNDAY, SUNDAY, SUNDAY), [])

    def test_a_history_where_currencies_are_fewer(self):
        answers = self.publisher.answers
        asked = [
            "/XML_dynamic.asp?date_req1=02%2F03%2F2026&date_req2=08%2F03%2F2026"
            f"&VAL_NM_RQ={number}"
            for number in ("R01820", "R01235")
        ]
        answers[asked[0]] = fixture("cbr/history_jpy.xml")
        answers[asked[1]] = fixture("cbr/history_empty.xml")
        start = datetime.date(2026, 3, 2)
        # RUB is the base, and XAF isn't quoted
        wanted = ("JPY", "USD", "RUB", "XAF")
        self.assertEqual(len(self.fetch(start, SUNDAY, SUNDAY, currencies=wanted)), 3)
        self.assertEqual(self.publisher.asked, asked)

    def test_days_where_those_are_fewer(self):
        self.publisher.answers["/XML_daily.asp"] = fixture("cbr/saturday.xml")
        quotes = self.fetch(SATURDAY, SUNDAY, SUNDAY, currencies=("JPY", "USD"))
        self.assertEqual({quote.date for quote in quotes}, {SATURDAY})
        self.assertEqual(len(self.publisher.asked), 2)

    def test_refused(self):
        self.publisher.answers["/XML_daily.asp"] = fixture("cbr/error.xml")
        with self.assertRaisesRegex(errors.FormatError, "Error in parameters"):
            self.fetch(FRIDAY, FRIDAY, FRIDAY)

    def test_none_of_those_wanted(self):
        with self.assertRaises(errors.ProviderError):
            self.fetch(FRIDAY, FRIDAY, FRIDAY, currencies=("XAF",))
        self.assertEqual(self.publisher.asked, [])
