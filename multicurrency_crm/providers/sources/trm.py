"""The TRM of Colombia (tasa representativa del mercado): pesos for 1 US dollar.

An average of the market's trades, certified by the financial supervisor in the evening
of a working day. It holds from the next day to the next working day: a row states the
first and the last day of a rate, and each day in between has it. Comes as open data.
"""

import datetime

from ...engine.calendars import EVERY_DAY, ONE_DAY, Calendar
from ...engine.public_holidays import NO_DAYS_OFF
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import RequestRefused, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects, wrong_date
from ..registry import register
from ..service_answers import ask

#: the longest run of days off has five days; a row that claims more is damaged
LONGEST = 14
MOST_ROWS = 50_000


@register
class RepresentativeMarketRateOfColombia(Adapter):
    code = "trm"
    name = _lt("Colombia's representative market rate (TRM)")
    country = "CO"
    base = "COP"
    kinds = ("mid",)
    currencies = frozenset({"USD"})
    calendar = Calendar(
        "America/Bogota",
        datetime.time(18, 30),
        weekdays=EVERY_DAY,
        holidays=NO_DAYS_OFF,
    )
    ahead_days = 1
    limits = _lt("Only the US dollar; any span in one request.")
    address = "https://www.datos.gov.co/resource/"
    hosts = ("www.datos.gov.co",)
    terms = _lt(
        "Source: Superintendencia Financiera de Colombia, open data. The TRM is the "
        "rate of Colombian tax and accounting law for the day on which it holds."
    )
    documentation = "https://www.datos.gov.co/d/32sa-8pi3"
    unseen = _lt("Its refusals.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the rates that hold on a day of the span."""
        params = {
            "$where": f"vigenciahasta >= '{date_from}T00:00:00.000' AND "
            f"vigenciadesde <= '{date_to}T00:00:00.000'",
            "$order": "vigenciadesde",
            "$limit": MOST_ROWS,
        }
        address += "32sa-8pi3.json"
        return ask(client, address, params, refuses_with=("message",))

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read rows of value, first and last day; each of the days has the rate."""
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        if isinstance(answer, dict) and (said := answer.get("message")):
            raise said_instead(self.name, said, RequestRefused)
        if not isinstance(answer, list):
            raise not_ours(self.name)
        for row in objects(answer):
            unit = str(row.get("unidad", self.base)).strip()
            if unit != self.base or "valor" not in row:
                raise not_ours(self.name)
            day = iso_date(row.get("vigenciadesde"))
            last = iso_date(row.get("vigenciahasta", row.get("vigenciadesde")))
            if not 0 <= (last - day).days < LONGEST:
                raise wrong_date(row.get("vigenciahasta"))
            while day <= last:
                quotes.add("USD", row["valor"], day, direction="base_per_foreign")
                day += ONE_DAY
        return quotes.done()
