"""Reference rates of the National Bank of Romania, as lei for 1 or 100 units.

Published every working day at 13:00: the newest day in one file, each year in another.
Romanian accounting and tax law takes a day's rates for the days that follow.
"""

import datetime
from contextlib import suppress

from ...engine.calendars import Calendar
from ...engine.public_holidays import ROMANIA
from ...engine.rates import Quote
from ..answers import bare, not_ours
from ..base import Adapter
from ..errors import NotPublished, _lt
from ..payloads import parse_xml
from ..reading import Quotes, iso_date, units
from ..registry import register
from ..spans import newest_will_do

NEWEST = "nbrfxrates.xml"
YEAR = "files/xml/years/nbrfxrates%s.xml"
#: the day on which ten thousand old lei became a new one: older files are of those
NEW_LEU = datetime.date(2005, 7, 1)
#: gold is for a gram, and the currency code for an ounce
NO_CURRENCY = "XAU"


@register
class NationalBankOfRomania(Adapter):
    code = "bnr"
    name = _lt("National Bank of Romania")
    country = "RO"
    base = "RON"
    kinds = ("mid",)
    currencies = frozenset(
        "AED AUD BRL CAD CHF CNY CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KRW "
        "MDL MXN MYR NOK NZD PHP PLN RSD RUB SEK SGD THB TRY UAH USD XDR ZAR".split()
    )
    calendar = Calendar("Europe/Bucharest", datetime.time(13), holidays=ROMANIA)
    applies = "next"
    first_day = NEW_LEU
    limits = _lt("A year in a request; none else is stated.")
    # www.bnr.ro, where the files were before, answers with its home page
    address = "https://curs.bnr.ro/"
    hosts = ("curs.bnr.ro",)
    terms = _lt(
        "Source: National Bank of Romania. Romanian accounting and tax law takes its "
        "reference rates: as a rule the last ones before the day of the document."
    )
    documentation = "https://www.bnr.ro/Exchange-rates-1224.aspx"
    unseen = _lt("The file of the newest day on its new host.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest day where that will do, else the year of the first."""
        if newest_will_do(self.calendar, date_from, today):
            return client.get(address + NEWEST)
        return client.get(address + YEAR % date_from.year)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the newest day, or the file of each year.

        A new year has none before its first working day.
        """
        yield self.request(client, address, date_from, date_to, today)
        for year in range(date_from.year + 1, date_to.year + 1):
            with suppress(NotPublished):
                yield client.get(address + YEAR % year)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the file of a day, of ten, or of a year."""
        quotes = Quotes(self.code, self.base, hints)
        root = bare(parse_xml(payload, publisher=self.name))
        body = root.find("Body")
        if root.tag != "DataSet" or body is None:
            raise not_ours(self.name)
        if (body.findtext("OrigCurrency") or "").strip() != self.base:
            raise not_ours(self.name)
        for cube in body.iterfind("Cube"):
            day = iso_date(cube.get("date"))
            for rate in cube.iterfind("Rate"):
                if day >= NEW_LEU and rate.get("currency") != NO_CURRENCY:
                    self._add(quotes, rate, day)
        return quotes.done()

    @staticmethod
    def _add(quotes: Quotes, rate, day: datetime.date) -> None:
        """Add the figure of one element."""
        nominal = units(rate.get("multiplier", "1"))
        way = "base_per_foreign"
        code = rate.get("currency")
        quotes.add(code, rate.text, day, nominal=nominal, direction=way)
