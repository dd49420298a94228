"""Official exchange rates of Magyar Nemzeti Bank, as forints for 1 or 100 units.

Published every working day around 11:00 by a SOAP service, whose answer holds one text:
the rates as XML once more, with decimal commas, the newest day first.
"""

import datetime

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import bare, not_ours, said_instead
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_xml
from ..reading import Quotes, iso_date, plain, units
from ..registry import register

SERVICE = "http://www.mnb.hu/webservices/"
#: currencies that have become the euro since, for the days of their lives
GONE = frozenset({"BGN", "HRK"})
QUESTION = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    f'<GetExchangeRates xmlns="{SERVICE}"><startDate>%s</startDate>'
    "<endDate>%s</endDate><currencyNames>%s</currencyNames></GetExchangeRates>"
    "</soap:Body></soap:Envelope>"
)
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": f"{SERVICE}MNBArfolyamServiceSoap/GetExchangeRates",
}
#: roots of the inner XML: of a span, and of the newest day
ROOTS = ("MNBExchangeRates", "MNBCurrentExchangeRates")


@register
class NationalBankOfHungary(Adapter):
    code = "mnb"
    name = _lt("Hungarian National Bank")
    country = "HU"
    base = "HUF"
    kinds = ("mid",)
    currencies = frozenset(
        "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD IDR ILS INR ISK JPY KRW MXN MYR NOK "
        "NZD PHP PLN RON RSD RUB SEK SGD THB TRY UAH USD ZAR".split()
    )
    # which working days are days off is decided anew each year, as are Saturdays
    calendar = Calendar("Europe/Budapest", datetime.time(11, 15))
    longest_range = 366
    limits = _lt("None is stated; a year is asked for at once.")
    # documented with http: the host answers the same over https, which we insist on
    address = "https://www.mnb.hu/"
    hosts = ("www.mnb.hu",)
    terms = _lt(
        "Source: Magyar Nemzeti Bank. Its official rates are those of Hungarian "
        "accounting and tax law, where the taxpayer has chosen them."
    )
    documentation = "https://www.mnb.hu/en/arfolyamok"
    unseen = _lt("Answers over https (the bank documents http), and its refusals.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Ask for a span; the service leaves out the currencies that it doesn't know.

        Without names of currencies it answers with empty days.
        """
        names = ",".join(sorted(self.currencies | GONE))
        question = QUESTION % (date_from, date_to, names)
        return client.post(f"{address}arfolyamok.asmx", question.encode(), HEADERS)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the service's answer, or the XML inside of one.

        A currency that the bank doesn't quote makes days without rates.
        """
        quotes = Quotes(self.code, self.base, hints)
        for day in self._rates(payload).iterfind("Day"):
            date = iso_date(day.get("date"))
            for rate in day.iterfind("Rate"):
                quotes.add(
                    rate.get("curr"),
                    plain(rate.text),
                    date,
                    nominal=units(rate.get("unit")),
                    direction="base_per_foreign",
                )
        return quotes.done()

    def _rates(self, payload: bytes):
        """Return the root of the rates, out of the envelope if they are in one."""
        root = bare(parse_xml(payload, publisher=self.name))
        if root.tag == "Envelope":
            body = root.find("Body")
            fault = None if body is None else body.find("Fault")
            if fault is not None:
                # "faultstring" in SOAP 1.1, "Reason" in 1.2
                raise said_instead(self.name, " ".join(fault.itertext()))
            text = "" if body is None else "".join(body.itertext())
            root = parse_xml(text.encode(), publisher=self.name)
        if root.tag not in ROOTS:
            raise not_ours(self.name)
        return root
