"""Bulletins of the bank of Turkey, and its series as JSON."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ..adapter_cases import AdapterCases
from ..common import fixture
from ..loopback import Loopback

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
HOURLY = b"""<?xml version="1.0" encoding="UTF-8"?>
<tcmbVeri><doviz_kur_liste gecerlilik_tarihi="2026-3-6" saat="10:00"><kur>
<doviz_cinsi>USD</doviz_cinsi><birim>1</birim><alis>44,0</alis>
</kur></doviz_kur_liste></tcmbVeri>"""


@tagged("post_install", "-at_install")
class TestTcmb(AdapterCases, BaseCase):
    code = "tcmb"
    fixtures = ("tcmb/today.xml", "tcmb/evds.json")

    def test_four_prices(self):
        quotes = self.by_key(fixture("tcmb/today.xml"))
        dollar = {
            kind: str(quote.value)
            for (_day, code, kind), quote in quotes.items()
            if code == "USD"
        }
        self.assertEqual(
            dollar,
            {
                "buy": "44.1021",
                "sell": "44.1815",
                "cash_buy": "44.0712",
                "cash_sell": "44.2478",
            },
        )

    def test_unit(self):
        yen = self.by_key(fixture("tcmb/today.xml"))[FRIDAY, "JPY", "buy"]
        self.assertEqual(str(yen), "100 JPY = 28.1103 TRY")

    def test_empty_tags(self):
        quotes = self.by_key(fixture("tcmb/today.xml"))
        kinds = {kind for _day, code, kind in quotes if code == "KZT"}
        self.assertEqual(kinds, {"buy", "sell"})
        self.assertEqual([k for _d, code, k in quotes if code == "XDR"], ["buy"])

    def test_series_say_the_same(self):
        bulletin = self.by_key(fixture("tcmb/today.xml"))
        series = self.by_key(fixture("tcmb/evds.json"))
        self.assertEqual({day for day, _code, _kind in series}, {THURSDAY, FRIDAY})
        for key in ((FRIDAY, "USD", "sell"), (FRIDAY, "JPY", "buy")):
            self.assertEqual(series[key].rate, bulletin[key].rate)
        self.assertIn((THURSDAY, "USD", "cash_buy"), series)

    def test_hourly_bulletin(self):
        self.assertRefused(HOURLY, errors.FormatError, "hourly")

    def test_old_lira(self):
        payload = fixture("tcmb/today.xml").replace(b"06.03.2026", b"30.12.2004")
        self.assertEqual({quote.base for quote in self.parse(payload)}, {"TRL"})

    def test_nothing_but_days(self):
        empty = b'{"totalCount":1,"items":[{"Tarih":"07-03-2026"}]}'
        self.assertRefused(empty, errors.NoQuotes)
        undated = fixture("tcmb/today.xml").replace(b"06.03.2026", b"06.13.2026")
        self.assertRefused(undated, errors.FormatError, "valid date")


@tagged("post_install", "-at_install")
class TestTcmbTurkish(AdapterCases, BaseCase):
    code = "tcmb"
    fixtures = ("tcmb/05032026.xml",)
    codec = "iso-8859-9"

    def test_declared_encoding(self):
        quotes = self.by_key(fixture("tcmb/05032026.xml"))
        self.assertEqual(str(quotes[THURSDAY, "EUR", "sell"].value), "51.7533")


@tagged("post_install", "-at_install")
class TestTcmbRequests(Loopback, BaseCase):
    code = "tcmb"

    def setUp(self):
        super().setUp()
        adapter = type(registry.get("tcmb"))
        self.patch(adapter, "min_interval", 0)

    def test_day_by_day(self):
        answers = self.publisher.answers
        answers["/202603/05032026.xml"] = fixture("tcmb/05032026.xml")
        answers["/today.xml"] = fixture("tcmb/today.xml")
        quotes = self.fetch(datetime.date(2026, 2, 28), FRIDAY, FRIDAY)
        self.assertEqual({quote.date for quote in quotes}, {THURSDAY, FRIDAY})
        # three days that answer 404; nothing is asked for at the weekend
        self.assertEqual(len(self.publisher.asked), 5)

    def test_before_it_is_out(self):
        self.publisher.answers["/today.xml"] = fixture("tcmb/05032026.xml")
        self.assertEqual(self.fetch(FRIDAY, FRIDAY, FRIDAY), [])
