"""Files as they were really published, where they are at hand.

Every one is read or refused with a typed error, and what it says is held against the
ECB's history: the same cross on the same day, within :data:`TOLERANCE`.
"""

import datetime
import re
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ...engine.rates import divide
from ...providers import errors, registry

REPOSITORY = Path(__file__).resolve().parents[3]
SAMPLES = REPOSITORY.parent / "shared" / "provider_samples"
HISTORY = SAMPLES / "ecb" / "eurofxref-hist_2026-10-30.zip"
TOLERANCE = Decimal("0.03")

#: folders of the samples, by the adapter that reads them
FOLDERS = {
    "banca_italia": "bancaditalia",
    "banxico": "banxico",
    "bazg": "bazg_swiss",
    "bcb": "bcb_brazil",
    "bcch": "bcch_chile",
    "bcra": "bcra_argentina",
    "bi": "bi_indonesia",
    "bnm": "bnm_malaysia",
    "bnr": "bnr_romania",
    "boc_cn": "bank_of_china",
    "boc_valet": "boc_valet",
    "boe": "boe",
    "boi": "boi_israel",
    "bot": "bot_thailand",
    "bot_tw": "bank_of_taiwan",
    "cbr": "cbr_russia",
    "cfets": "cfets_chinamoney",
    "cnb": "cnb_czech",
    "currencyapi": "currencyapi",
    "currencylayer": "currencylayer",
    "dnb": "dnb_denmark",
    "ecb": "ecb",
    "exchangerate_api": "open_er_api",
    "exchangerate_host": "exchangerate_host",
    "fbil": "fbil_india",
    "fixer": "fixer",
    "frankfurter": "frankfurter",
    "kexim": "koreaexim",
    "mindicador": "mindicador",
    "mnb": "mnb_hungary",
    "nbk": "nbk_kazakhstan",
    "nbp": "nbp_poland",
    "nbu": "nbu_ukraine",
    "norges": "norges_bank",
    "open_er_api": "open_er_api",
    "openexchangerates": "openexchangerates",
    "rba": "rba",
    "riksbank": "riksbank",
    "sarb": "sarb",
    "tcmb": "tcmb_turkey",
    "trm": "banrep_colombia",
    "twelvedata": "twelvedata",
    "vietcombank": "vietcombank",
}
#: adapters of which no publisher's file exists
WITHOUT_FILES = {"budget", "manual_file", "pegs"}

#: files without rates of currencies that aren't called errors, and what they are
NO_RATES = {
    "2025-11-22_2025-11-26_KZT.xml": "days of a currency that isn't quoted",
    "2025-06-13-php-free.json": "another base than the plan allows",
    "2035-01-01.json": "a day to come",
    "derived_json_2026-04-13.json": "a program's digest of a board",
    "derived_json_2026-04-14.json": "a program's digest of a board",
    "flcsv_0_day_undated_2025_reduced.csv": "a board of a day that nobody knows",
    "latest-php-free.json": "another base than the plan allows",
    "conv_invalid-quote.json": "a currency that doesn't exist",
    "invalid-key.json": "another's key",
    "rates_invalid-base.json": "a base that doesn't exist",
    "conversion_free.json": "a function of dearer plans",
    "conversion_future.json": "a day to come",
    "conversion_invalid-from.json": "a currency that doesn't exist",
    "conversion_invalid-to.json": "a currency that doesn't exist",
    "rates_2025-06-13-czk-free.json": "another base than the plan allows",
    "rates_2035-01-01.json": "a day to come",
    "rates_invalid-currency.json": "a base that doesn't exist",
    "rates_latest-czk-free.json": "another base than the plan allows",
    "Moedas.json": "the list of currencies",
    "cenyzlota_2026-03-01_05.json": "the price of gold",
    "no_data_message.txt": "nothing was found",
    "reeskont_hourly_2026-01-05_reduced.xml": "rediscount rates of an hour",
    "series_metadata.json": "a list of series",
}
#: what the files don't say, and came beside them
HINTS = {
    "AP01_2026-09-02_sanitized.json": {"date": "2026-09-02"},
    # the day of that summer whose rates it fits best
    "AP01_mid-2020_undated.json": {"date": "2020-06-26"},
    "flcsv_0_day_fetched_2026-06-14_reduced.csv": {"date": "2026-06-12"},
}
HINTS |= {
    path.name: {"currency": match[0]}
    for path in SAMPLES.glob("bcb_brazil/*")
    if (match := re.search("[A-Z]{3}", path.name))
}
#: kinds that are near the middle of the market; banknotes cost more
CROSSED = ("mid", "official", "buy", "sell")
#: what isn't held against the ECB, and why: (folder or file, currency); "" is any. Not
#: here: the Swiss VAT rate, above the market by law, is no more than 1.3 % so; and RUB
#: and IRR, which the ECB stopped quoting, or never did, so that nothing is compared.
FLAGGED = {
    ("boi_israel", "ZAR"): "marked as suspect: its rand is 5 % off",
    ("nbrfxrates_daily_exchanger.xml", "BRL"): "3.07 % off, on a wild day of the real",
}
#: what banks buy and sell so far from the middle that only the middle is compared
WIDE = {
    ("bot_thailand", "IDR"),
    ("bot_thailand", "INR"),
    ("bot_thailand", "PHP"),
}
#: files in which the ECB has no currency but the base, or all but the base
FOREIGN = {
    "SDR_2026-03.json",
    "XML_dynamic_AUD_2026-03-01_05.xml",
    "flcsv_0_L6M_USD_2026-06-12_11_reduced.csv",
    "flcsv_0_day_fetched_2026-06-14_reduced.csv",
    "flcsv_0_month_USD_2026-09-14_11_reduced.csv",
    "other_2014-12.txt",
    "other_2025-05.txt",
    "other_fx_rates.txt",
    "search_result_0.html",
}


@cache
def history():
    """{date: {code: units for 1 euro}} of the ECB, the euro included."""
    days = {}
    for quote in registry.get("ecb").parse(HISTORY.read_bytes()):
        day = days.setdefault(quote.date, {"EUR": Decimal(1)})
        day[quote.currency] = quote.rate
    return days


def euro_rates(date):
    """The ECB's rates of that day, or of the last day before it; {} if long past."""
    for days in range(6):
        if rates := history().get(date - datetime.timedelta(days)):
            return rates
    return {}


def read(adapter, path, refused):
    """The quotes of a file, with what came beside it."""
    beside = HINTS.get(path.name, {})
    return adapter.parse(path.read_bytes(), refused=refused, **beside)


@cache
def dollars(code):
    """{(date, kind, base): rate} of the US dollar in all files of an adapter."""
    rates = {}
    for path in sorted((SAMPLES / FOLDERS[code]).iterdir()):
        with suppress(errors.ProviderError):
            for quote in read(registry.get(code), path, []):
                if quote.currency == "USD":
                    rates[quote.date, quote.kind, quote.base] = quote.rate
    return rates


@tagged("post_install", "-at_install")
class TestSamples(BaseCase):
    def setUp(self):
        super().setUp()
        if not HISTORY.is_file():
            self.skipTest("no samples beside the repository")

    def samples(self):
        """Adapter and path of every file."""
        for code, folder in FOLDERS.items():
            if adapter := registry.find(code):
                for path in sorted((SAMPLES / folder).iterdir()):
                    yield adapter, path

    def test_every_file_is_read_or_refused(self):
        for adapter, path in self.samples():
            with self.subTest(path.name, adapter=adapter.code):
                refused = []
                try:
                    quotes = read(adapter, path, refused)
                except errors.ProviderError as error:
                    is_error = "error" in path.name or path.name in NO_RATES
                    self.assertTrue(is_error, f"refused: {error}")
                    continue
                self.assertTrue(quotes)
                self.assertEqual(refused, [])
                self.assertNotIn(path.name, NO_RATES)
                self.assertEqual({quote.source for quote in quotes}, {adapter.code})
                self.assertLessEqual({q.kind for q in quotes}, set(adapter.kinds))

    def test_crosses_agree_with_the_ecb(self):
        for adapter, path in self.samples():
            with self.subTest(path.name, adapter=adapter.code):
                try:
                    quotes = read(adapter, path, [])
                except errors.ProviderError:
                    continue
                crossed = sum(self.check_cross(path, quote) for quote in quotes)
                newest = max(quote.date for quote in quotes)
                # the dollar alone, in money that the ECB doesn't know: the pivot
                pairs = {(quote.base, quote.currency) for quote in quotes}
                is_pivot = pairs == {(quotes[0].base, "USD")}
                is_known = newest in history() and path.name not in FOREIGN
                if is_known and not (is_pivot and not crossed):
                    self.assertGreater(crossed, 0)

    def check_cross(self, path, quote):
        """Hold a quote against the ECB's; whether the ECB has both currencies.

        Where it lacks the base, the folder's dollar of the day stands for it.
        """
        places = (path.parent.name, path.name)
        flags = {(place, code) for place in places for code in ("", quote.currency)}
        if quote.kind not in CROSSED or flags & FLAGGED.keys():
            return False
        if flags & WIDE and quote.kind in ("buy", "sell"):
            return False
        # what bears the date of tomorrow was set today
        is_ahead = registry.get(quote.source).ahead_days > 0
        rates = euro_rates(quote.date - datetime.timedelta(is_ahead))
        base, rate = quote.base, quote.rate
        dollar = dollars(quote.source).get((quote.date, quote.kind, base))
        if base not in rates and dollar and quote.currency != "USD":
            base, rate = "USD", divide(rate, dollar)
        if not {base, quote.currency} <= rates.keys():
            return False
        expected = divide(rates[quote.currency], rates[base])
        gap = abs(rate / expected - 1)
        self.assertLess(gap, TOLERANCE, f"{quote} on {quote.date}")
        return True

    def test_every_adapter_is_accounted_for(self):
        """With files, or with words for what nobody has seen of its publisher."""
        for adapter in registry.all_adapters():
            if not type(adapter).__module__.startswith(registry.__package__):
                continue
            with self.subTest(adapter.code):
                self.assertIn(adapter.code, FOLDERS.keys() | WITHOUT_FILES)
                if adapter.hosts and not self.is_seen(adapter):
                    self.assertTrue(adapter.unseen)

    @staticmethod
    def is_seen(adapter):
        """Whether some file of the publisher has rates."""
        folder = SAMPLES / FOLDERS.get(adapter.code, "none")
        for path in folder.iterdir() if folder.is_dir() else ():
            with suppress(errors.ProviderError):
                if read(adapter, path, []):
                    return True
        return False


@tagged("post_install", "-at_install")
class TestEcbSamples(BaseCase):
    def setUp(self):
        super().setUp()
        if not HISTORY.is_file():
            self.skipTest("no samples beside the repository")

    def test_history(self):
        newest = datetime.date(2026, 10, 30)
        self.assertEqual(history()[newest]["CNY"], Decimal("7.4326"))
        live = history()[newest].keys() - {"EUR"}
        self.assertEqual(live, registry.get("ecb").currencies)
        gone = {day for day, rates in history().items() if "HRK" in rates}
        self.assertEqual(max(gone).year, 2022)

    def test_working_days_only(self):
        for path in sorted((SAMPLES / "ecb").iterdir()):
            quotes = registry.get("ecb").parse(path.read_bytes())
            with self.subTest(path.name):
                self.assertGreaterEqual(len(quotes), 29)
                self.assertTrue(all(quote.date.weekday() < 5 for quote in quotes))
