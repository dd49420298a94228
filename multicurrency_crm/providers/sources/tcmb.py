"""Indicative rates of the central bank of Turkey, as lira for 1 or 100 units.

A bulletin of buying and selling rates, for balances and for banknotes, is made every
working day at 15:30. Another service (EVDS) has the same figures as JSON.
"""

import datetime
import re
from contextlib import suppress

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..errors import FormatError, NotPublished, _lt
from ..payloads import parse_json, parse_xml, trimmed
from ..reading import Quotes, date_in, objects, units
from ..registry import register
from ..spans import DayByDay

FIGURES = {
    "buy": "ForexBuying",
    "sell": "ForexSelling",
    "cash_buy": "BanknoteBuying",
    "cash_sell": "BanknoteSelling",
}
#: what EVDS quotes per 100 without saying so
HUNDREDS = frozenset({"JPY", "IRR"})
#: names of its series: A for buying, S for selling, EF for banknotes
_SERIES = re.compile(r"TP_DK_([A-Z]{3})_([AS])(_EF)?_YTL")
_SERIES_KINDS = {"A": "buy", "S": "sell", "A_EF": "cash_buy", "S_EF": "cash_sell"}
#: the day on which a million old liras became a new one
NEW_LIRA = datetime.date(2005, 1, 1)


@register
class CentralBankOfTurkey(DayByDay):
    code = "tcmb"
    name = _lt("Central Bank of the Republic of Turkey")
    country = "TR"
    base = "TRY"
    kinds = ("buy", "sell", "cash_buy", "cash_sell")
    currencies = frozenset(
        "USD AUD DKK EUR GBP CHF SEK CAD KWD NOK SAR JPY RON RUB CNY PKR QAR KRW AZN "
        "AED KZT XDR".split()
    )
    calendar = Calendar("Europe/Istanbul", datetime.time(15, 30))
    applies = "next"
    max_age_days = 12  # the long religious holidays, with the weekends around them
    first_day = datetime.date(2005, 1, 3)
    min_interval = 0.5
    limits = _lt("One day in a request.")
    address = "https://www.tcmb.gov.tr/kurlar/"
    hosts = ("www.tcmb.gov.tr",)
    terms = _lt(
        "Source: Central Bank of the Republic of Turkey. The rates are indicative; tax "
        "practice takes the buying rate of the bulletin before the day of the document."
    )
    documentation = (
        "https://www.tcmb.gov.tr/wps/wcm/connect/EN/TCMB+EN/Main+Menu/Statistics"
    )
    unseen = _lt("Banknote rates in EVDS answers; EVDS is read, and never asked.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest bulletin for today, else the bulletin of the day."""
        if date_to >= today:
            return client.get(f"{address}today.xml")
        return client.get(f"{address}{date_to:%Y%m/%d%m%Y}.xml")

    def payloads(self, client, address, date_from, date_to, today):
        """Download the day's bulletin; holidays answer 404."""
        with suppress(NotPublished):
            yield from super().payloads(client, address, date_from, date_to, today)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a bulletin, or the daily series of EVDS."""
        quotes = Quotes(self.code, self.base, hints)
        if trimmed(payload).startswith((b"{", b"[")):
            self._read_series(quotes, payload)
        else:
            self._read_bulletin(quotes, payload)
        return quotes.done()

    def _read_bulletin(self, quotes: Quotes, payload: bytes) -> None:
        """Read the figures of a day's bulletin."""
        root = parse_xml(payload, publisher=self.name)
        if root.tag == "tcmbVeri":
            raise FormatError(
                _lt("This is an hourly bulletin: take the daily one, today.xml.")
            )
        if root.tag != "Tarih_Date":
            raise self._not_ours()
        day = date_in(root.get("Tarih"), "%d.%m.%Y")
        for row in root.iterfind("Currency"):
            code = row.get("CurrencyCode") or row.get("Kod")
            nominal = units(row.findtext("Unit"))
            for kind, tag in FIGURES.items():
                self._add(quotes, code, row.findtext(tag), day, nominal, kind)

    def _read_series(self, quotes: Quotes, payload: bytes) -> None:
        """Read the series of EVDS, whose names say currency and kind."""
        answer = parse_json(payload, publisher=self.name)
        items = answer.get("items") if isinstance(answer, dict) else None
        for item in objects(items):
            day = date_in(item.get("Tarih"), "%d-%m-%Y")
            for name, figure in item.items():
                if match := _SERIES.fullmatch(name):
                    code, side, cash = match.groups("")
                    nominal = 100 if code in HUNDREDS else 1
                    kind = _SERIES_KINDS[side + cash]
                    self._add(quotes, code, figure, day, nominal, kind)

    def _add(self, quotes, code, figure, day, nominal, kind) -> None:
        """Add a figure, in old lira before there were new ones."""
        base = self.base if day >= NEW_LIRA else "TRL"
        given = {"nominal": nominal, "kind": kind, "base": base}
        quotes.add(code, figure, day, direction="base_per_foreign", **given)

    @staticmethod
    def _not_ours() -> FormatError:
        """Return the error for an answer of another form."""
        return FormatError(_lt("This isn't a bulletin of the central bank of Turkey."))
