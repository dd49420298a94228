"""Exchange rates of Česká národní banka, as koruna for 1, 100 or 1000 units.

Some 30 currencies every working day at 14:30, some 120 others on the last working day
of the month. The bank offers both as JSON and as text, in English and in Czech.
"""

import datetime
import re

from ..engine.calendars import ONE_DAY, Calendar
from ..engine.public_holidays import CZECHIA
from ..engine.rates import Quote
from .base import Adapter
from .errors import FormatError, _lt
from .payloads import decode, parse_json
from .reading import (
    SHOWN,
    Quotes,
    date_in,
    english_date,
    iso_date,
    objects,
    plain,
    units,
)
from .registry import register

#: the last working day of a month is among so many last days
MONTH_END = 6
#: currencies that are long gone, and still listed with a rate of zero
GONE = frozenset({"VEF", "ZWL"})
#: the bank writes three decimals: with fewer, the end of the file is missing
_FIGURE = re.compile(r"[0-9]+[.,][0-9]{3}")
_TITLE = re.compile(r"(.{8,15}) #[0-9]{1,3}")


@register
class CzechNationalBank(Adapter):
    code = "cnb"
    name = _lt("Czech National Bank")
    country = "CZ"
    base = "CZK"
    kinds = ("mid",)
    calendar = Calendar("Europe/Prague", datetime.time(14, 30), holidays=CZECHIA)
    first_day = datetime.date(1991, 1, 2)
    longest_range = 366
    limits = _lt("A year of the daily rates in a request, a month of the others.")
    address = "https://api.cnb.cz/cnbapi/"
    hosts = ("api.cnb.cz",)
    terms = _lt(
        "Source: Czech National Bank. Its fixing serves Czech accounting and customs; "
        "the bank trades at no such rate."
    )
    documentation = "https://api.cnb.cz/cnbapi/swagger-ui.html"
    unseen = _lt("The other currencies as JSON, and a year as text.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download one day, or the whole year of the first day."""
        if date_from == date_to:
            params = {"date": date_from, "lang": "EN"}
            return client.get(f"{address}exrates/daily", params)
        return client.get(f"{address}exrates/daily-year", {"year": date_from.year})

    def payloads(self, client, address, date_from, date_to, today):
        """Download each year, and the other currencies of each month that ends."""
        yield self.request(client, address, date_from, date_to, today)
        if date_from.year != date_to.year:
            # no span is longer than a year
            yield client.get(f"{address}exrates/daily-year", {"year": date_to.year})
        first = date_from.replace(day=1)
        while first <= date_to:
            following = (first + 31 * ONE_DAY).replace(day=1)
            if date_from < following and date_to >= following - MONTH_END * ONE_DAY:
                params = {"yearMonth": f"{first:%Y-%m}", "lang": "EN"}
                yield client.get(f"{address}fxrates/daily-month", params)
            first = following

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a day, a year or a month, as JSON or as text in either language."""
        quotes = Quotes(self.code, self.base, hints)
        if payload.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b"<")):
            self._read_json(quotes, payload)
        else:
            self._read_text(quotes, decode(payload, publisher=self.name))
        return quotes.done()

    def _read_json(self, quotes: Quotes, payload: bytes) -> None:
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        if said := answer.get("description") or answer.get("errorCode"):
            raise self._not_ours(str(said))
        for rate in objects(answer.get("rates")):
            day, code = iso_date(rate.get("validFor")), rate.get("currencyCode")
            self._add(quotes, code, rate.get("rate"), day, rate.get("amount"))

    def _read_text(self, quotes: Quotes, text: str) -> None:
        """Read a day (its date on top, a currency a line) or a year (a day a line)."""
        day, columns = None, []
        lines = [line.strip().split("|") for line in text.strip().split("\n")]
        if title := _TITLE.fullmatch(lines[0][0]):
            day, lines = self._day(title[1]), lines[2:]
        for cells in lines:
            found = []
            if day and len(cells) == 5:
                found = [cells[2:]]
            elif cells[0] in ("Date", "Datum"):
                # once more where currencies come or go during the year
                columns = [cell.split(" ") for cell in cells[1:]]
            elif len(cells) == len(columns) + 1 > 1:
                found = [[*c, f] for c, f in zip(columns, cells[1:], strict=True)]
            else:
                raise self._not_ours("|".join(cells))
            for row in found:
                if len(row) != 3 or not _FIGURE.fullmatch(row[2]):
                    raise self._not_ours("|".join(cells))
                date = day or self._day(cells[0])
                self._add(quotes, row[1], plain(row[2]), date, row[0])

    def _add(self, quotes, code, figure, day, nominal) -> None:
        if str(code) in GONE and not str(figure).strip("0."):
            return
        nominal, way = units(nominal), "base_per_foreign"
        quotes.add(code, figure, day, nominal=nominal, direction=way)

    @staticmethod
    def _day(text: str) -> datetime.date:
        return date_in(text, "%d.%m.%Y") if "." in text else english_date(text)

    @staticmethod
    def _not_ours(said: str) -> FormatError:
        return FormatError(
            _lt("This is no answer with rates of the Czech bank: “%(text)s”."),
            text=said[:SHOWN],
        )
