"""Official rates of the National Bank of Ukraine, as hryvnias for 1 to 1,000 units.

Set in the afternoon of every working day for the next one, whose date they bear; days
off between carry the rates of the working day before. Metals are for a troy ounce.
"""

import datetime
from collections.abc import Iterator

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_json, parse_xml, trimmed
from ..reading import Quotes, date_in, objects, units
from ..registry import register

#: names of date, code, figure and units: of the bank's site, and of its older service
NAMES = (
    ("exchangedate", "cc", "rate", "units"),
    ("StartDate", "CurrencyCodeL", "Amount", "Units"),
)


@register
class NationalBankOfUkraine(Adapter):
    code = "nbu"
    name = _lt("National Bank of Ukraine")
    country = "UA"
    base = "UAH"
    kinds = ("mid",)
    currencies = frozenset(
        "AED AUD AZN BDT CAD CHF CNY CZK DKK DZD EGP EUR GBP GEL HKD HUF IDR ILS INR "
        "JPY KRW KZT LBP MDL MXN MYR NOK NZD PLN RON RSD SAR SEK SGD THB TND TRY USD "
        "VND XAG XAU XDR XPD XPT ZAR".split()
    )
    calendar = Calendar("Europe/Kyiv", datetime.time(16))
    ahead_days = 3  # Friday's are Monday's
    longest_range = 366
    limits = _lt("None is stated; a year is asked for at once.")
    address = "https://bank.gov.ua/NBU_Exchange/"
    hosts = ("bank.gov.ua",)
    terms = _lt(
        "Source: National Bank of Ukraine. The official rates are those of Ukrainian "
        "accounting and customs; the bank's terms of use are at bank.gov.ua."
    )
    documentation = "https://bank.gov.ua/en/open-data/api-dev"
    unseen = _lt("The answer of a span without rates, and the refusal as JSON.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download a span of all currencies."""
        params = {
            "start": f"{date_from:%Y%m%d}",
            "end": f"{date_to:%Y%m%d}",
            "sort": "exchangedate",
            "order": "asc",
            "json": "",
        }
        return client.get(f"{address}exchange_site", params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read rates as JSON or XML, of the bank's site or of its older services.

        Without units, as the older ones had it, a rate is for 1.
        """
        quotes = Quotes(self.code, self.base, hints)
        is_xml = trimmed(payload).startswith(b"<")
        for row in self._from_xml(payload) if is_xml else self._from_json(payload):
            names = next((names for names in NAMES if {*names[:3]} <= row.keys()), None)
            if not names:
                raise self._refusal(row)
            day, code, figure, many = map(row.get, names)
            quotes.add(
                code,
                figure,
                date_in(day, "%d.%m.%Y"),
                nominal=units(many if names[3] in row else 1),
                direction="base_per_foreign",
            )
        return quotes.done()

    def _from_json(self, payload: bytes) -> list[dict]:
        """Return the rows of a JSON answer."""
        answer = parse_json(payload, publisher=self.name)
        return objects([answer] if isinstance(answer, dict) else answer)

    def _from_xml(self, payload: bytes) -> Iterator[dict]:
        """Yield the rows of an XML answer."""
        root = parse_xml(payload, publisher=self.name)
        if root.tag != "exchange":
            raise not_ours(self.name)
        for row in root:
            yield {node.tag: (node.text or "").strip() for node in row}

    def _refusal(self, row: dict):
        """Return the error for a row that holds no rate but a message, or neither."""
        said = row.get("message") or row.get("error")
        return said_instead(self.name, said) if said else not_ours(self.name)
