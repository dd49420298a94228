"""Exchange rates of the South African Reserve Bank, averages of banks around 10:30.

Dollar, pound and euro are quoted as rand for 1 of them, all others as units for 1 rand.
A series' title says which: "Rand per US Dollar", "China: Yuan per Rand".
"""

import datetime

from ...engine.calendars import ONE_DAY, Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects
from ..registry import register

#: series in rand for 1 unit, by title
IN_RAND = {
    "Rand per US Dollar": ("USD", "EXCX135D"),
    "Rand per British Pound": ("GBP", "EXCZ001D"),
    "Rand per Euro": ("EUR", "EXCZ002D"),
}
#: series in units for 1 rand, by title
FOR_A_RAND = {
    "Australia: Dollar per Rand": ("AUD", "EXCB080D"),
    "Botswana: Pula per Rand": ("BWP", "EXCB051D"),
    "Brazil: Real per Rand": ("BRL", "EXCB036D"),
    "Canada: Dollar per Rand": ("CAD", "EXCB031D"),
    "China: Yuan per Rand": ("CNY", "EXCB121D"),
    "Denmark: Krone per Rand": ("DKK", "EXCB003D"),
    "Hong Kong: Dollar per Rand": ("HKD", "EXCB122D"),
    "India: Rupee per Rand": ("INR", "EXCB123D"),
    "Israel: Shekel per Rand": ("ILS", "EXCB094D"),
    "Japan: Yen per Rand": ("JPY", "EXCB120D"),
    "Kenya: Schilling per Rand": ("KES", "EXCB059D"),
    "Malawi: Kwacha per Rand": ("MWK", "EXCB063D"),
    "New Zealand: Dollar per Rand": ("NZD", "EXCB081D"),
    "Norway: Krone per Rand": ("NOK", "EXCB013D"),
    "South Korea: Won per Rand": ("KRW", "EXCB118D"),
    "Sweden: Krona per Rand": ("SEK", "EXCB015D"),
    "Switzerland: Franc per Rand": ("CHF", "EXCB016D"),
    "Taiwan: NT Dollar per Rand": ("TWD", "EXCB126D"),
    "Thailand: Baht per Rand": ("THB", "EXCB115D"),
    "Zambia: Kwacha per Rand": ("ZMW", "EXCB071D"),
}
SERIES = IN_RAND | FOR_A_RAND
#: before it the Zambian series is in the old kwacha
NEW_KWACHA = datetime.date(2013, 1, 1)


@register
class SouthAfricanReserveBank(Adapter):
    code = "sarb"
    name = _lt("South African Reserve Bank")
    country = "ZA"
    base = "ZAR"
    kinds = ("mid",)
    currencies = frozenset(currency for currency, _series in SERIES.values())
    calendar = Calendar("Africa/Johannesburg", datetime.time(11, 15))
    first_day = datetime.date(2000, 1, 1)
    longest_range = 366
    min_interval = 1
    limits = _lt("One currency in a request; who asks hastily is cut off.")
    address = "https://custom.resbank.co.za/SarbWebApi/WebIndicators/Shared/"
    hosts = ("custom.resbank.co.za",)
    terms = _lt(
        "Source: South African Reserve Bank. Weighted averages of banks' rates, with "
        "four decimals; ask the bank in writing before you republish them."
    )
    documentation = (
        "https://custom.resbank.co.za/SarbWebApi/WebIndicators/"
        "HistoricalExchangeRatesDaily"
    )
    unseen = _lt("Its refusals.")

    def request(
        self, client, address, date_from, date_to, today, series="EXCX135D"
    ) -> bytes:
        """Download one series."""
        path = f"GetTimeseriesObservations/{series}/{date_from}/{date_to}"
        return client.get(address + path, headers={"Accept": "application/json"})

    def payloads(self, client, address, date_from, date_to, today):
        """Download the series of what is wanted, unless there are no weekdays."""
        if self.calendar.working_days_between(date_from - ONE_DAY, date_to):
            series = dict(SERIES.values())
            for currency in self.wanted(client):
                span = (date_from, date_to, today)
                yield self.request(client, address, *span, series[currency])

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the observations of one series."""
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        if not isinstance(answer, list):
            raise not_ours(self.name)
        for row in objects(answer):
            title = " ".join(str(row.get("Timeseries")).split())
            if title not in SERIES or "Value" not in row:
                raise not_ours(self.name)
            currency, _series = SERIES[title]
            day = iso_date(row.get("Period"))
            if currency == "ZMW" and day < NEW_KWACHA:
                currency = "ZMK"
            way = "base_per_foreign" if title in IN_RAND else "foreign_per_base"
            quotes.add(currency, row["Value"], day, direction=way)
        return quotes.done()
