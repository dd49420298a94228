"""Exchange rates of Česká národní banka, as koruna for 1, 100 or 1000 units.

Some 30 currencies every working day at 14:30, some 120 others on the last working day
of the month. The bank offers both as JSON and as text, in English and in Czech.
"""

import datetime

from ...engine.calendars import ONE_DAY, Calendar, next_month
from ...engine.public_holidays import CZECHIA
from ...engine.rates import Quote
from ..base import Adapter
from ..errors import FormatError, _lt
from ..payloads import decode, parse_json, trimmed
from ..quoted import CNB
from ..reading import (
    SHOWN,
    Quotes,
    iso_date,
    objects,
    units,
)
from ..registry import register
from ..spans import months
from .cnb_text import read_text

#: the last working day of a month is among so many last days
MONTH_END = 6
#: currencies that are long gone, and still listed with a rate of zero
GONE = frozenset({"VEF", "ZWL"})


@register
class CzechNationalBank(Adapter):
    code = "cnb"
    name = _lt("Czech National Bank")
    country = "CZ"
    base = "CZK"
    kinds = ("mid",)
    currencies = CNB
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
        for first in months(date_from, date_to):
            following = next_month(first)
            if date_from < following and date_to >= following - MONTH_END * ONE_DAY:
                params = {"yearMonth": f"{first:%Y-%m}", "lang": "EN"}
                yield client.get(f"{address}fxrates/daily-month", params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a day, a year or a month, as JSON or as text in either language."""
        quotes = Quotes(self.code, self.base, hints)
        if trimmed(payload).startswith((b"{", b"[", b"<")):
            self._read_json(quotes, payload)
        else:
            for row in read_text(decode(payload, publisher=self.name)):
                self._add(quotes, *row)
        return quotes.done()

    def _read_json(self, quotes: Quotes, payload: bytes) -> None:
        """Read a day, a year or a month of the API."""
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        if said := answer.get("description") or answer.get("errorCode"):
            raise FormatError(
                _lt("The bank answers “%(message)s” instead of rates."),
                message=str(said)[:SHOWN],
            )
        for rate in objects(answer.get("rates")):
            day, code = iso_date(rate.get("validFor")), rate.get("currencyCode")
            self._add(quotes, code, rate.get("rate"), day, rate.get("amount"))

    def _add(self, quotes, code, figure, day, nominal) -> None:
        """Add a figure, unless it is the zero of a currency that is gone."""
        if str(code) in GONE and not str(figure).strip("0."):
            return
        nominal, way = units(nominal), "base_per_foreign"
        quotes.add(code, figure, day, nominal=nominal, direction=way)
