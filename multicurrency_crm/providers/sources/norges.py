"""Exchange rates of Norges Bank, as kroner for 1 or 100 units, in SDMX.

Published every working day around 16:00. Beside currencies the same flow has two
indexes of the krone, and averages of months and years.
"""

import datetime

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter
from ..errors import _lt
from ..reading import Quotes, iso_date
from ..registry import register
from ..sdmx import DAY, VALUE, download, observations, power_of_ten

#: of business days, any currency, in kroner, spot
SERIES = "EXR/B..NOK.SP"
#: the import-weighted and the trade-weighted index of the krone
INDEXES = frozenset({"I44", "TWI"})


@register
class NorgesBank(Adapter):
    code = "norges"
    name = _lt("Norges Bank")
    country = "NO"
    base = "NOK"
    kinds = ("mid",)
    currencies = frozenset(
        "AUD BDT BRL BYN CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW "
        "MMK MXN MYR NZD PHP PKR PLN RON SEK SGD THB TRY TWD USD VND XDR ZAR".split()
    )
    calendar = Calendar("Europe/Oslo", datetime.time(16, 15))
    limits = _lt("None is stated.")
    address = "https://data.norges-bank.no/api/data/"
    hosts = ("data.norges-bank.no",)
    terms = _lt(
        "Source: Norges Bank. The rates are for information, the middle of the market "
        "at a certain time; the bank trades at no such rate."
    )
    documentation = "https://www.norges-bank.no/en/topics/Statistics/open-data/"
    unseen = _lt("Its refusals, and the form of the CSV for people (semicolons).")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download a span."""
        params = {"format": "csvdata", "startPeriod": date_from, "endPeriod": date_to}
        return download(client, address + SERIES, params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read rates of business days, as CSV or XML, and leave the others out."""
        quotes = Quotes(self.code, self.base, hints)
        for row in observations(payload, self.name):
            currency, quoted_in = row.get("BASE_CUR"), row.get("QUOTE_CUR")
            if not currency or quoted_in != self.base:
                raise not_ours(self.name)
            if row.get("FREQ", "B") != "B" or currency in INDEXES:
                continue
            quotes.add(
                currency,
                row.get(VALUE),
                iso_date(row.get(DAY)),
                nominal=power_of_ten(row.get("UNIT_MULT")),
                direction="base_per_foreign",
            )
        return quotes.done()
