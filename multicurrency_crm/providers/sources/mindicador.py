"""Chile's observed dollar, the euro and the UF, from a private mirror without a key.

mindicador.cl hands on what Banco Central de Chile publishes. It writes each day as its
midnight in Chile, counted in UTC: 03, 04 or 05 o'clock. The date in front of that hour
is the day; whoever turns it into Chilean time may land on the day before.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import RequestRefused, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects, wrong_date
from ..registry import register

#: the UF, in which Chile counts rents and loans, has a currency code of its own
INDICATORS = {"USD": "dolar", "EUR": "euro", "CLF": "uf"}
CURRENCIES = {indicator: code for code, indicator in INDICATORS.items()}
_MIDNIGHT = re.compile(r"[0-9-]{10}(T0[0-6]:00:00(\.0+)?(Z|\+00:00))?")


@register
class Mindicador(Adapter):
    code = "mindicador"
    name = _lt("mindicador.cl (Chile)")
    country = "CL"
    publisher = "service"
    base = "CLP"
    publisher = "service"
    kinds = ("mid",)
    currencies = frozenset(INDICATORS)
    calendar = Calendar("America/Santiago", datetime.time(13))
    longest_range = 366
    min_interval = 0.5
    limits = _lt("One currency and a day, or one year, in a request.")
    address = "https://mindicador.cl/api/"
    hosts = ("mindicador.cl",)
    terms = _lt(
        "A private service, without any guarantee, that hands on figures of the "
        "Central Bank of Chile: for books that count, take the bank itself."
    )
    documentation = "https://mindicador.cl/"
    unseen = _lt("Years, the page of all indicators, days without a rate, refusals.")

    def request(
        self, client, address, date_from, date_to, today, indicator="dolar", year=None
    ) -> bytes:
        """Download one indicator's day, or its year where more days are wanted."""
        span = f"{date_from:%d-%m-%Y}" if date_from == date_to else year
        return client.get(f"{address}{indicator}/{span or date_from.year}")

    def payloads(self, client, address, date_from, date_to, today):
        """Download what is wanted, of each year that the span touches."""
        for currency in self.wanted(client):
            for year in range(date_from.year, date_to.year + 1):
                asked = (date_from, date_to, today, INDICATORS[currency], year)
                yield self.request(client, address, *asked)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read an indicator's series, or the page with the newest of all."""
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        if said := answer.get("message") or answer.get("error"):
            raise said_instead(self.name, said, RequestRefused)
        parts = [answer] if "codigo" in answer else answer.values()
        known = False
        for part in parts:
            name = part.get("codigo") if isinstance(part, dict) else None
            if not isinstance(name, str) or name not in CURRENCIES:
                continue
            known = True
            if part.get("unidad_medida") != "Pesos":
                raise not_ours(self.name)
            for row in objects(part.get("serie", [part])):
                day, way = self._day(row.get("fecha")), "base_per_foreign"
                code, figure = CURRENCIES[name], row.get("valor")
                quotes.add(code, figure, day, direction=way)
        if not known:
            raise not_ours(self.name)
        return quotes.done()

    @staticmethod
    def _day(text: object) -> datetime.date:
        """Return the day that is written as its midnight in Chile."""
        if not isinstance(text, str) or not _MIDNIGHT.fullmatch(text):
            raise wrong_date(text)
        return iso_date(text)
