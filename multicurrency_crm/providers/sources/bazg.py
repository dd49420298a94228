"""Daily rates of the Swiss customs office for VAT, as francs for 1, 100 … units.

The office publishes selling rates every working day around 07:00; they hold from the
next day on, Friday's until Monday. The averages of a month are the law's other choice.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import bare
from ..errors import FormatError, _lt
from ..payloads import parse_xml
from ..reading import SHOWN, Quotes, date_in, units
from ..registry import register
from ..spans import DayByDay

#: "100 JPY", the units and the currency of a rate
_UNITS = re.compile(r"([0-9]{1,9})\s+([A-Za-z]{3})")


@register
class SwissCustoms(DayByDay):
    code = "bazg"
    name = _lt("Swiss Federal Office for Customs (VAT rates)")
    publisher = "tax"
    country = "CH"
    base = "CHF"
    kinds = ("official",)
    calendar = Calendar("Europe/Zurich", datetime.time(7, 15))
    applies = "next"
    min_interval = 0.5
    limits = _lt("One day in a request.")
    address = "https://www.backend-rates.bazg.admin.ch/api/"
    hosts = ("www.backend-rates.bazg.admin.ch",)
    terms = _lt(
        "Source: Federal Office for Customs and Border Security. These are the daily "
        "selling rates that Swiss VAT law accepts, some percent above the middle."
    )
    documentation = "https://www.estv.admin.ch/de/mwst-tageskurse"
    unseen = _lt("A whole day with all currencies, and the averages of a month.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the rates that were set on the last of the days wanted."""
        params = {"d": f"{date_to:%Y%m%d}", "locale": "en"}
        return client.get(f"{address}xmldaily", params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a day's rates, or a month's averages (dated its first day)."""
        quotes = Quotes(self.code, self.base, hints)
        root = bare(parse_xml(payload, publisher=self.name))
        if root.tag not in ("wechselkurse", "monatsmittelkurs"):
            raise self._not_ours(root.tag)
        rows = root.findall("devise")
        if not rows:
            return quotes.done()
        day, valid_from = self._days(root)
        for row in rows:
            match = _UNITS.fullmatch((row.findtext("waehrung") or "").strip())
            code = (row.get("code") or "").strip().upper()
            if not match or match[2].upper() != code:
                raise self._not_ours(row.findtext("waehrung") or code)
            quotes.add(
                code,
                row.findtext("kurs"),
                day,
                nominal=units(match[1]),
                direction="base_per_foreign",
                kind="official",
                valid_from=valid_from,
            )
        return quotes.done()

    @staticmethod
    def _days(root) -> tuple[datetime.date, datetime.date | None]:
        """Return the day on which rates were set, and the first on which they hold."""
        if root.tag == "monatsmittelkurs":
            return date_in(root.findtext("monat"), "%Y-%m"), None
        validity = (root.findtext("gueltigkeit") or "").split(",")
        days = [date_in(text, "%d.%m.%Y") for text in validity if text.strip()]
        return date_in(root.findtext("datum"), "%d.%m.%Y"), min(days, default=None)

    @staticmethod
    def _not_ours(said: str) -> FormatError:
        """Return the error for an answer of another form."""
        return FormatError(
            _lt("This isn't an answer with rates of the Swiss customs: “%(text)s”."),
            text=said[:SHOWN],
        )
