"""Representative rates of the Bank of Israel, as shekels for 1, 10 or 100 units.

Published at 15:15 (on Fridays at noon), in SDMX. The newest day is on the bank's site
as well, as XML or JSON with a time in UTC instead of a date.
"""

import datetime
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import bare, not_ours
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_json, parse_xml, trimmed
from ..reading import Quotes, iso_date, objects, units, wrong_date
from ..registry import register
from ..sdmx import DAY, VALUE, download, observations, power_of_ten

FLOW = "sdmx/v2/data/dataflow/BOI.STATISTICS/EXR/1.0/"
#: the type of the representative rates; others are of options and of real rates
REPRESENTATIVE = "OF00"
JERUSALEM = ZoneInfo("Asia/Jerusalem")
#: a moment in UTC, of which the day and the hour say which day it is in Jerusalem
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):[0-9:.]+Z")
#: code, figure, day and units of a rate
Row = tuple[object, object, datetime.date, int]


@register
class BankOfIsrael(Adapter):
    code = "boi"
    name = _lt("Bank of Israel")
    country = "IL"
    base = "ILS"
    kinds = ("mid",)
    currencies = frozenset(
        "USD GBP JPY EUR AUD CAD DKK NOK ZAR SEK CHF JOD LBP EGP".split()
    )
    calendar = Calendar("Asia/Jerusalem", datetime.time(15, 30))
    max_age_days = 10  # the feasts of autumn, with the weekends around them
    limits = _lt("None is stated.")
    address = "https://edge.boi.gov.il/FusionEdgeServer/"
    hosts = ("edge.boi.gov.il",)
    terms = _lt(
        "Source: Bank of Israel. The representative rates are indicative: they oblige "
        "nobody to trade at them."
    )
    documentation = (
        "https://www.boi.org.il/en/economic-roles/financial-markets/exchange-rates/"
    )
    unseen = _lt("A CSV of several days that is surely unchanged, and the refusals.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download a span."""
        params = {"c[DATA_TYPE]": REPRESENTATIVE, "format": "csv"}
        params |= {"startperiod": date_from, "endperiod": date_to}
        return download(client, address + FLOW, params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read SDMX as CSV or XML, or the newest day of the bank's site."""
        quotes = Quotes(self.code, self.base, hints)
        text = trimmed(payload)
        if text[:1] in (b"{", b"["):
            rows = self._from_json(payload)
        elif b"ExchangeRatesResponseCollectioDTO" in text[:500]:
            rows = self._from_xml(payload)
        else:
            rows = self._from_sdmx(payload)
        for code, figure, day, nominal in rows:
            way = "base_per_foreign"
            quotes.add(code, figure, day, nominal=nominal, direction=way)
        return quotes.done()

    def _from_sdmx(self, payload: bytes) -> Iterator[Row]:
        """Yield daily representative rates, and no other series."""
        for row in observations(payload, self.name):
            currency, quoted_in = row.get("BASE_CURRENCY"), row.get("COUNTER_CURRENCY")
            says_which = {"FREQ", "DATA_TYPE"} <= row.keys()
            if not currency or quoted_in != self.base or not says_which:
                raise not_ours(self.name)
            if (row.get("FREQ"), row.get("DATA_TYPE")) == ("D", REPRESENTATIVE):
                nominal = power_of_ten(row.get("UNIT_MULT"))
                yield currency, row.get(VALUE), iso_date(row.get(DAY)), nominal

    def _from_xml(self, payload: bytes) -> Iterator[Row]:
        """Yield the newest day of the bank's site, as XML."""
        root = bare(parse_xml(payload, publisher=self.name))
        for rate in root.iterfind("ExchangeRates/ExchangeRateResponseDTO"):
            names = ("Key", "CurrentExchangeRate", "LastUpdate", "Unit")
            code, figure, moment, many = map(rate.findtext, names)
            yield code, figure, self._day(moment), units(many)

    def _from_json(self, payload: bytes) -> Iterator[Row]:
        """Yield the newest day of the bank's site, as JSON."""
        answer = parse_json(payload, publisher=self.name)
        rates = answer.get("exchangeRates") if isinstance(answer, dict) else None
        for rate in objects(rates):
            day, many = self._day(rate.get("lastUpdate")), units(rate.get("unit"))
            yield rate.get("key"), rate.get("currentExchangeRate"), day, many

    @staticmethod
    def _day(moment: object) -> datetime.date:
        """Read the date in Jerusalem of a time: ``2026-03-06T10:31:05.6590204Z``.

        :raises FormatError: anything else
        """
        match = _MOMENT.fullmatch(str(moment))
        if not match or int(match[2]) > 23:
            raise wrong_date(moment)
        hour = datetime.time(int(match[2]), tzinfo=datetime.UTC)
        utc = datetime.datetime.combine(iso_date(match[1]), hour)
        return utc.astimezone(JERUSALEM).date()
