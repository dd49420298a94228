"""Exchange rates of Danmarks Nationalbank, as kroner for 100 units of any currency.

Published every banking day around 16:00: the newest day on the bank's site, all days
since 1977 by the national statistics' service a day later.
"""

import datetime

from ...engine.calendars import Calendar
from ...engine.public_holidays import DENMARK
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_xml, trimmed
from ..reading import Quotes, iso_date
from ..registry import register
from ..spans import newest_will_do
from . import dnb_statistics

NEWEST = "api/currencyratesxml"
#: in no column and in no attribute, only in the documentation
NOMINAL = 100


@register
class DanmarksNationalbank(Adapter):
    code = "dnb"
    name = _lt("Danmarks Nationalbank")
    country = "DK"
    base = "DKK"
    kinds = ("mid",)
    currencies = frozenset(
        "AUD BRL CAD CHF CNY CZK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR NOK "
        "NZD PHP PLN RON SEK SGD THB TRY USD XDR ZAR".split()
    )
    calendar = Calendar("Europe/Copenhagen", datetime.time(16, 15), holidays=DENMARK)
    longest_range = 366
    limits = _lt("None is stated.")
    address = "https://www.nationalbanken.dk/"
    hosts = ("www.nationalbanken.dk", "api.statbank.dk")
    terms = _lt(
        "Source: Danmarks Nationalbank and Statistics Denmark. The rates are for "
        "information, set once a day; the bank trades at no such rate."
    )
    documentation = (
        "https://www.nationalbanken.dk/en/what-we-do/stable-prices-monetary-policy-and-"
        "the-danish-economy/exchange-rates"
    )
    unseen = _lt("The question for a span, and what is answered where it has no rates.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest day."""
        return client.get(address + NEWEST, {"lang": "en"})

    def payloads(self, client, address, date_from, date_to, today):
        """Download the span from the statistics, and the newest day if it is in it."""
        if not newest_will_do(self.calendar, date_from, today):
            yield dnb_statistics.download(client, date_from, date_to)
        # the statistics have it a day later
        if newest_will_do(self.calendar, date_to, today):
            yield self.request(client, address, date_from, date_to, today)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the newest day (XML), or a span of the statistics (CSV, JSON-stat)."""
        quotes = Quotes(self.code, self.base, hints)
        if trimmed(payload).startswith(b"<"):
            rows = self._from_xml(payload)
        else:
            rows = dnb_statistics.rates(payload, self.name)
        for code, figure, day in rows:
            way = "base_per_foreign"
            quotes.add(code, figure, day, nominal=NOMINAL, direction=way)
        return quotes.done()

    def _from_xml(self, payload: bytes):
        """Yield code, figure and day of each currency of the newest day."""
        root = parse_xml(payload, publisher=self.name)
        if root.tag != "exchangerates" or root.get("refcur") != self.base:
            raise not_ours(self.name)
        for day in root.iterfind("dailyrates"):
            date = iso_date(day.get("id"))
            for rate in day.iterfind("currency"):
                yield rate.get("code"), rate.get("rate"), date
