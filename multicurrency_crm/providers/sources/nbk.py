"""Official rates of the National Bank of Kazakhstan, as tenge for 1 to 1,000 units.

Set in the afternoon for the next day, whose date they bear. What the bank answers for a
day before it is set isn't documented: a day is asked for when it has come.
"""

import datetime

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..errors import _lt
from ..payloads import parse_xml
from ..reading import Quotes, date_in, units
from ..registry import register
from ..spans import DayByDay

#: a day's file has its date on top, the feed of the newest rates one in each item
ITEMS = {"rates": "item", "rss": "channel/item"}


@register
class NationalBankOfKazakhstan(DayByDay):
    code = "nbk"
    name = _lt("National Bank of Kazakhstan")
    country = "KZ"
    base = "KZT"
    kinds = ("mid",)
    currencies = frozenset(
        "AED AMD AUD AZN BRL BYN CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF INR IRR JPY "
        "KGS KRW KWD MDL MXN MYR NOK PLN RUB SAR SEK SGD THB TJS TRY UAH USD UZS XDR "
        "ZAR".split()
    )
    calendar = Calendar("Asia/Almaty", datetime.time(0, 15))
    max_age_days = 9
    min_interval = 0.5
    limits = _lt("One request for each day.")
    address = "https://nationalbank.kz/rss/"
    hosts = ("nationalbank.kz",)
    terms = _lt(
        "Source: National Bank of Kazakhstan. The official rates are those of "
        "accounting and customs in Kazakhstan."
    )
    documentation = (
        "https://nationalbank.kz/en/exchangerates/"
        "ezhednevnye-oficialnye-rynochnye-kursy-valyut"
    )
    unseen = _lt("A day off, and a day to come.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the rates of a day."""
        return client.get(f"{address}get_rates.cfm", {"fdate": f"{date_to:%d.%m.%Y}"})

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a day's file, or the feed of the newest rates."""
        quotes = Quotes(self.code, self.base, hints)
        root = parse_xml(payload, publisher=self.name)
        if root.tag not in ITEMS:
            raise not_ours(self.name)
        for item in root.iterfind(ITEMS[root.tag]):
            day = root.findtext("date", item.findtext("pubDate"))
            quotes.add(
                (item.findtext("title") or "").strip(),
                item.findtext("description"),
                date_in(day, "%d.%m.%Y"),
                nominal=units(item.findtext("quant")),
                direction="base_per_foreign",
            )
        return quotes.done()
