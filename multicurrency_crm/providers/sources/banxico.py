"""Exchange rates of Banco de México, as pesos for 1 unit, from its SIE service.

The FIX of a day, an average of the wholesale market around noon, and four more
currencies in pesos; beside them the rate by which debts in dollars are paid on a day:
the FIX of two banking days before, as the official gazette has printed it in between.
"""

import datetime

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import KeyRefused, RequestRefused, TooManyRequests, _lt
from ..payloads import parse_json
from ..reading import Quotes, date_in, grouped, objects
from ..registry import register
from ..service_answers import ask

#: series, and the currency and the kind of each
SERIES = {
    "SF43718": ("USD", "mid"),
    "SF46410": ("EUR", "mid"),
    "SF46407": ("GBP", "mid"),
    "SF46406": ("JPY", "mid"),
    "SF60632": ("CAD", "mid"),
    "SF60653": ("USD", "official"),
}


@register
class BankOfMexico(Adapter):
    code = "banxico"
    name = _lt("Bank of Mexico")
    country = "MX"
    base = "MXN"
    kinds = ("mid", "official")
    currencies = frozenset(currency for currency, _kind in SERIES.values())
    calendar = Calendar("America/Mexico_City", datetime.time(12, 30))
    first_day = datetime.date(1991, 11, 12)
    limits = _lt("The bank limits how many requests a token may make.")
    needs_key = True
    address = "https://www.banxico.org.mx/SieAPIRest/service/v1/"
    hosts = ("www.banxico.org.mx",)
    terms = _lt(
        "Source: Banco de México. Of kind “Middle” are the FIX and the other "
        "currencies' quotations of a day; “Official” is the rate by which debts in US "
        "dollars are paid on a day, which tax practice follows too."
    )
    documentation = "https://www.banxico.org.mx/SieAPIRest/service/v1/"
    unseen = _lt("Its refusals, and the rate for payments (series SF60653).")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the series of what is wanted in one go."""
        wanted = self.wanted(client)
        series = ",".join(name for name, meant in SERIES.items() if meant[0] in wanted)
        path = f"series/{series}/datos/{date_from}/{date_to}"
        headers = {"Bmx-Token": client.api_key, "Accept": "application/json"}
        marks = ("error", "mensaje")
        return ask(client, address + path, None, headers, refuses_with=marks)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read series by their names; those that are no exchange rate are left out.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        if "error" in answer:
            raise self._refusal(answer["error"])
        content = answer.get("bmx")
        if not isinstance(content, dict):
            raise not_ours(self.name)
        known = False
        for series in objects(content.get("series")):
            if not (meant := SERIES.get(str(series.get("idSerie")))):
                continue
            known = True
            currency, kind = meant
            # a series without a value in these days comes without the list
            for row in objects(series.get("datos") or []):
                day = date_in(row.get("fecha"), "%d/%m/%Y")
                figure, way = grouped(row.get("dato")), "base_per_foreign"
                quotes.add(currency, figure, day, direction=way, kind=kind)
        if not known:
            raise not_ours(self.name)
        return quotes.done()

    def _refusal(self, error: object) -> RequestRefused | TooManyRequests:
        """Return what the service says instead of rates, as the error that fits it."""
        parts = error if isinstance(error, dict) else {"mensaje": error}
        words = [parts.get(key) for key in ("mensaje", "detalle")]
        said = " ".join(filter(None, map(str, filter(None, words)))) or "…"
        lower = said.lower()
        if "límite" in lower or "limite" in lower:
            return said_instead(self.name, said, TooManyRequests)
        error = KeyRefused if "token" in lower else RequestRefused
        return said_instead(self.name, said, error)
