"""Official rates of the Bank of Russia, as roubles for 1 to 1,000,000 units.

Set in the afternoon of every working day for the days that follow, and dated the first
of them: Friday's are dated Saturday. A day is one file with all currencies; a history
is of one currency, which the bank calls by a number of its own.
"""

import datetime

from ...engine.calendars import ONE_DAY, Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_xml
from ..reading import Quotes, date_in, plain, units
from ..registry import register

#: currencies, and the bank's numbers of them
_TABLE = """
AED R01230  AMD R01060  AUD R01010  AZN R01020A  BDT R01685  BGN R01100
BHD R01080  BOB R01105  BRL R01115  BYN R01090B  CAD R01350  CHF R01775
CNY R01375  CUP R01395  CZK R01760  DKK R01215  DZD R01030  EGP R01240  ETB R01800
EUR R01239  GBP R01035  GEL R01210  HKD R01200  HUF R01135  IDR R01280  INR R01270
IRR R01300  JPY R01820  KGS R01370  KRW R01815  KZT R01335  MDL R01500  MMK R02005
MNT R01503  NGN R01520  NOK R01535  NZD R01530  OMR R01540  PLN R01565  QAR R01355
RON R01585F  RSD R01805F  SAR R01580  SEK R01770  SGD R01625  THB R01675
TJS R01670  TMT R01710A  TRY R01700J  UAH R01720  USD R01235  UZS R01717
VND R01150  XDR R01589  ZAR R01810
"""
_WORDS = _TABLE.split()
NUMBERS = dict(zip(_WORDS[1::2], _WORDS[::2], strict=True))
#: the day on which a thousand old roubles became a new one
NEW_ROUBLE = datetime.date(1998, 1, 1)


@register
class BankOfRussia(Adapter):
    code = "cbr"
    name = _lt("Bank of Russia")
    country = "RU"
    base = "RUB"
    kinds = ("mid",)
    currencies = frozenset(NUMBERS.values()) - {"BGN"}  # the euro since 2026
    calendar = Calendar("Europe/Moscow", datetime.time(18))
    ahead_days = 1
    max_age_days = 13  # from the last rates of a year to the first of the next
    longest_range = 366
    min_interval = 0.3
    limits = _lt("A day of all currencies, or the history of one, in a request.")
    address = "https://www.cbr.ru/scripts/"
    hosts = ("www.cbr.ru",)
    terms = _lt(
        "Source: Bank of Russia. The official rates are set without an obligation of "
        "the bank to buy or sell at them."
    )
    documentation = "https://www.cbr.ru/development/SXML/"
    unseen = _lt("A history without a day in it.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download a day; where it has no rates of its own, those before come."""
        params = {"date_req": self._written(date_to)}
        return client.get(f"{address}XML_daily.asp", params)

    def payloads(self, client, address, date_from, date_to, today):
        """Download day by day, or currency by currency if those are fewer."""
        codes = self.wanted(client)
        days = (date_to - date_from).days + 1
        if days <= len(codes):
            for day in (date_from + n * ONE_DAY for n in range(days)):
                yield self.request(client, address, day, day, today)
            return
        numbers = {code: number for number, code in NUMBERS.items()}
        for code in codes:
            params = {
                "date_req1": self._written(date_from),
                "date_req2": self._written(date_to),
                "VAL_NM_RQ": numbers[code],
            }
            yield client.get(f"{address}XML_dynamic.asp", params)

    @staticmethod
    def _written(day: datetime.date) -> str:
        """Write a day as the service reads it."""
        return f"{day:%d/%m/%Y}"

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a day, or the history of a currency."""
        quotes = Quotes(self.code, self.base, hints)
        root = parse_xml(payload, publisher=self.name)
        if root.tag != "ValCurs":
            raise not_ours(self.name)
        if said := (root.text or "").strip():
            raise said_instead(self.name, said)
        for day, code, row in self._rows(root):
            day = date_in(str(day).replace("/", "."), "%d.%m.%Y")
            quotes.add(
                code,
                plain(row.findtext("Value")),
                day,
                nominal=units(row.findtext("Nominal")),
                direction="base_per_foreign",
                base=self.base if day >= NEW_ROUBLE else "RUR",
            )
        return quotes.done()

    def _rows(self, root):
        """Yield date, currency and element of each rate."""
        for row in root.iterfind("Valute"):
            yield root.get("Date"), (row.findtext("CharCode") or "").strip(), row
        for row in root.iterfind("Record"):
            number = row.get("Id", root.get("ID"))
            if number not in NUMBERS or number != root.get("ID", number):
                raise not_ours(self.name)
            yield row.get("Date"), NUMBERS[number], row
