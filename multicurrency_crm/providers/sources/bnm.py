"""Exchange rates of Bank Negara Malaysia, as ringgit for 1 or 100 units.

Snapshots of the interbank market at 09:00, 11:30, 12:00 and 17:00. The first is asked
for: it has a middle rate, which 11:30 lacks, and is out when the day's documents are
written. The newest snapshot holds all currencies, a month's history one.
"""

import datetime
from contextlib import suppress

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import said_instead
from ..base import Adapter
from ..errors import FormatError, NoQuotes, NotPublished, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects, units, without_noise
from ..registry import register
from ..spans import months, newest_will_do

SNAPSHOT = {"session": "0900", "quote": "rm"}
#: without it the answer is a web page
HEADERS = {"Accept": "application/vnd.BNM.API.v1+json"}
FIGURES = {"mid": "middle_rate", "buy": "buying_rate", "sell": "selling_rate"}
#: what the bank calls special drawing rights
OWN_CODES = {"SDR": "XDR"}
CODES_OF_OURS = {code: own for own, code in OWN_CODES.items()}


@register
class BankNegaraMalaysia(Adapter):
    code = "bnm"
    name = _lt("Bank Negara Malaysia")
    country = "MY"
    base = "MYR"
    kinds = ("mid", "buy", "sell")
    currencies = frozenset(
        "AED AUD BND CAD CHF CNY EGP EUR GBP HKD IDR INR JPY KHR KRW MMK NPR NZD PHP "
        "PKR SAR SGD THB TWD USD VND XDR".split()
    )
    calendar = Calendar("Asia/Kuala_Lumpur", datetime.time(9, 15))
    min_interval = 0.3
    limits = _lt(
        "The newest day of all currencies in a request, else a month of one currency."
    )
    address = "https://api.bnm.gov.my/public/"
    hosts = ("api.bnm.gov.my",)
    terms = _lt(
        "Source: Bank Negara Malaysia. Rates of the interbank market in Kuala Lumpur "
        "at 09:00, for information; the bank answers for no use of them."
    )
    documentation = "https://apikijangportal.bnm.gov.my/"
    unseen = _lt("The snapshots of 11:30, 12:00 and 17:00, and a refusal.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest rates of all currencies."""
        return client.get(f"{address}exchange-rate", SNAPSHOT, HEADERS)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the newest day, or each currency's months; 404 has no rates."""
        if newest_will_do(self.calendar, date_from, today):
            with suppress(NotPublished):
                yield self.request(client, address, date_from, date_to, today)
            return
        for month in months(date_from, date_to):
            for currency in self.wanted(client):
                code = CODES_OF_OURS.get(currency, currency)
                path = f"exchange-rate/{code}/year/{month.year}/month/{month.month}"
                with suppress(NotPublished):
                    yield client.get(address + path, SNAPSHOT, HEADERS)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read all currencies of a day, or a day or a month of one."""
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        data, meta = answer.get("data"), answer.get("meta")
        if data is None and (said := answer.get("message")):
            if "no record" in str(said).lower():
                raise NoQuotes(_lt("The bank has no rates of these days."))
            raise said_instead(self.name, said)
        if isinstance(meta, dict) and meta.get("quote", "rm") != "rm":
            raise FormatError(
                _lt("These are foreign units for the ringgit: ask with quote=rm.")
            )
        quotes = Quotes(self.code, self.base, hints)
        for row in objects(data if isinstance(data, list) else [data]):
            code, rates = row.get("currency_code"), row.get("rate")
            code = OWN_CODES.get(str(code), code)
            for rate in objects(rates if isinstance(rates, list) else [rates]):
                quotes.add_each(
                    code,
                    {k: without_noise(rate.get(name)) for k, name in FIGURES.items()},
                    iso_date(rate.get("date")),
                    nominal=units(row.get("unit")),
                    direction="base_per_foreign",
                )
        return quotes.done()
