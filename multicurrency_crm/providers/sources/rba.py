"""Exchange rates of the Reserve Bank of Australia, as units for 1 Australian dollar.

One CSV file (table F11.1) holds every working day since 2023: some twenty currencies,
the SDR, and an index, which is no rate. Rows with titles stand before the days.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter
from ..errors import _lt
from ..payloads import cut_off, parse_csv
from ..reading import Quotes, english_date, wrong_date
from ..registry import register

#: units that are called otherwise in the table than in ISO 4217
CODES = {"SDR": "XDR"}
_TITLE = re.compile(r"A\$1=([A-Z]{3})")
_DATE = re.compile(r"[0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{4}")


@register
class ReserveBankOfAustralia(Adapter):
    code = "rba"
    name = _lt("Reserve Bank of Australia")
    country = "AU"
    base = "AUD"
    kinds = ("mid",)
    currencies = frozenset(
        "USD CNY JPY EUR KRW GBP SGD INR THB NZD TWD MYR IDR VND PGK HKD CAD CHF PHP "
        "XDR".split()
    )
    calendar = Calendar("Australia/Sydney", datetime.time(16, 30))
    first_day = datetime.date(2023, 1, 3)
    limits = _lt("The whole table, since 2023, in one request.")
    address = "https://www.rba.gov.au/statistics/tables/csv/"
    hosts = ("www.rba.gov.au",)
    terms = _lt(
        "Source: Reserve Bank of Australia. Indicative rates of 4 p.m. in Sydney; the "
        "US dollar's comes from WM/Reuters, the SDR's from the IMF. The terms are at "
        "rba.gov.au/copyright."
    )
    documentation = "https://www.rba.gov.au/statistics/frequency/exchange-rates.html"
    unseen = _lt("Tables of the years before 2023.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the table; it can't be had by days."""
        return client.get(f"{address}f11.1-data.csv", headers={"Accept": "text/csv"})

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the table: rows of titles, one of them with units, then rows of days."""
        quotes = Quotes(self.code, self.base, hints)
        # half of the last figure would be a figure
        if not payload.endswith((b"\n", b"\r")):
            raise cut_off()
        titles: dict[str, list[str]] = {}
        columns: list[str] = []
        for cells in parse_csv(payload, publisher=self.name):
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if not columns and not _DATE.fullmatch(row[0]):
                titles[row[0]] = row[1:]
                continue
            columns = columns or self._currencies(titles)
            if not _DATE.fullmatch(row[0]):
                raise wrong_date(row[0])
            day = english_date(row[0])
            if len(row) != len(columns) + 1:
                raise not_ours(self.name)
            for currency, figure in zip(columns, row[1:], strict=True):
                if currency:
                    quotes.add(currency, figure, day)
        if not columns and not self._currencies(titles):
            raise not_ours(self.name)
        return quotes.done()

    def _currencies(self, titles: dict[str, list[str]]) -> list[str]:
        """Return the currency of each column, "" for an index.

        The row of units names it, and the title has to say that it is for A$1.
        """
        units, names = titles.get("Units", []), titles.get("Title", [])
        if not units or len(units) != len(names):
            raise not_ours(self.name)
        currencies = []
        for unit, name in zip(units, names, strict=True):
            match = _TITLE.fullmatch(name.replace(" ", ""))
            if match and match[1] != unit:
                raise not_ours(self.name)
            currencies.append(CODES.get(unit, unit) if match else "")
        if not any(currencies):
            raise not_ours(self.name)
        return currencies
