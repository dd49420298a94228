"""Spot exchange rates of the Bank of England, from its Interactive Database.

Units of foreign currency for 1 pound, noted in the London market on a business day, in
series whose codes say nothing of the currency.
"""

import datetime
import re
from collections.abc import Iterator

from ...engine.calendars import Calendar, declared_holidays
from ...engine.rates import Quote
from ..base import Adapter
from ..errors import FormatError, _lt
from ..pages import BROWSER
from ..payloads import cut_off, parse_csv
from ..reading import Quotes, english_date, wrong_date
from ..registry import register

#: spot series into sterling, and the currency of each
SERIES = {
    f"XUDL{series}": currency
    for series, currency in zip(
        "ADS BK25 BK33 BK47 BK78 BK83 BK87 BK89 BK93 BK95 BK97 CDS DKS ERS HDS JYS NDS "
        "NKS SFS SGS SKS SRS TWS USS ZOS4 ZRS".split(),
        "AUD CZK HUF PLN ILS MYR THB CNY KRW TRY INR CAD DKK EUR HKD JPY NZD "
        "NOK CHF SGD SEK SAR TWD USD RON ZAR".split(),
        strict=True,
    )
}
#: the bank holidays of England and Wales that the government has announced
BANK_HOLIDAYS = (
    *("2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05"),
    *("2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26"),
    *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04"),
    *("2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28"),
    *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03"),
    *("2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28"),
)
_DATE = re.compile(r"[0-9]{2} [A-Z][a-z]{2} [0-9]{4}")
#: programs that say what they are get an error page
HEADERS = {
    "Accept": "text/csv,text/html;q=0.9,*/*;q=0.8",
    **BROWSER,
}
#: no span without a business day: for one the bank has a page instead of a table
REACH = datetime.timedelta(7)


@register
class BankOfEngland(Adapter):
    code = "boe"
    name = _lt("Bank of England")
    country = "GB"
    base = "GBP"
    kinds = ("mid",)
    currencies = frozenset(SERIES.values())
    calendar = Calendar(
        "Europe/London", datetime.time(17), holidays=declared_holidays(BANK_HOLIDAYS)
    )
    first_day = datetime.date(2000, 1, 4)
    address = "https://www.bankofengland.co.uk/boeapps/database/"
    hosts = ("www.bankofengland.co.uk",)
    terms = _lt(
        "Source: Bank of England. The rates are indicative and no official ones; the "
        "bank's terms of use are at bankofengland.co.uk/legal."
    )
    documentation = "https://www.bankofengland.co.uk/boeapps/database/help.asp"
    unseen = _lt("Its error pages, and tables with titles or with one series a row.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download all series of the span, and of the week before it, as CSV."""
        params = {
            "csv.x": "yes",
            "SeriesCodes": ",".join(SERIES),
            "UsingCodes": "Y",
            "CSVF": "TN",
            "Datefrom": self._written(date_from - REACH),
            "Dateto": self._written(date_to),
        }
        return client.get(address + "_iadb-fromshowcolumns.asp", params, HEADERS)

    @staticmethod
    def _written(day: datetime.date) -> str:
        """Write ``17/Mar/2026``, in English whatever the server speaks."""
        months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
        return f"{day.day:02}/{months[day.month - 1]}/{day.year}"

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a table: dates by series, or one date, series and value a row.

        A block with the titles of the series may stand before it. Series that are no
        exchange rate into sterling, or unknown, are left out.
        """
        quotes = Quotes(self.code, self.base, hints)
        for day, series, figure in self._cells(payload):
            if not _DATE.fullmatch(day):
                raise wrong_date(day)
            if series in SERIES:
                quotes.add(SERIES[series], figure, english_date(day))
        return quotes.done()

    def _cells(self, payload: bytes) -> Iterator[tuple[str, str, str]]:
        """Yield date, series and figure of each cell."""
        rows = iter(parse_csv(payload, publisher=self.name))
        header = next((row for row in rows if row[:1] == ["DATE"]), [])
        columns = header == ["DATE", "SERIES", "VALUE"]
        if not columns and SERIES.keys().isdisjoint(header):
            raise FormatError(
                _lt("This isn't a table of Bank of England rates: check the address.")
            )
        for row in filter(None, rows):
            # half of a figure is a figure: only the line's end says that it is whole
            if len(row) != len(header) or not payload.endswith(b"\n"):
                raise cut_off()
            if columns:
                yield tuple(row)
            else:
                cells = zip(header[1:], row[1:], strict=True)
                yield from ((row[0], *cell) for cell in cells)
