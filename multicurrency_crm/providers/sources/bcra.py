"""Closing rates of Banco Central de la República Argentina, as pesos for 1 unit.

A table of some forty rows a day. What is quoted for more than 1 unit is said by its
description only ("C/1.000 UNIDADES"); some codes are no currency's, or a dead one's.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..currency_codes import is_current
from ..errors import RequestRefused, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects, units
from ..registry import register
from ..service_answers import ask
from ..spans import DayByDay

#: the peso itself, a reference rate beside the dollar's, old names of Venezuela's and
#: Mexico's money, and metals, whose price is in dollars and whose rate is zero
NO_CURRENCY = frozenset("ARS REF VEB MXP XAU XAG XPT XPD".split())
_CODE = re.compile(r"[A-Z]{3}")
_UNITS = re.compile(r"\bC/\s*([0-9][0-9.]*)\s*U", re.IGNORECASE)


@register
class CentralBankOfArgentina(DayByDay):
    code = "bcra"
    name = _lt("Central Bank of Argentina")
    country = "AR"
    base = "ARS"
    kinds = ("mid",)
    currencies = frozenset(
        "AUD AWG BOB BRL CAD CHF CLP CNH CNY COP CZK DKK EUR GBP HKD ILS INR JPY NIO "
        "NOK NZD PEN PYG RSD RUB SEK SGD TRY USD UYU VND XDR ZAR".split()
    )
    calendar = Calendar("America/Argentina/Buenos_Aires", datetime.time(15))
    first_day = datetime.date(2000, 1, 3)
    min_interval = 0.5
    limits = _lt("One day in a request.")
    address = "https://api.bcra.gob.ar/estadisticascambiarias/v1.0/"
    hosts = ("api.bcra.gob.ar",)
    terms = _lt(
        "Source: Banco Central de la República Argentina. The rates are its closing "
        "quotations; its legal notice is at bcra.gob.ar/aviso-legal."
    )
    documentation = (
        "https://www.bcra.gob.ar/BCRAyVos/catalogo-de-APIs-banco-central.asp"
    )
    unseen = _lt("The history of one currency, and its refusals.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the table of one day."""
        params = {"fecha": date_to}
        address += "Cotizaciones"
        return ask(client, address, params, refuses_with=("errorMessages",))

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the table of a day, or those of several (the history of a currency)."""
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        if said := answer.get("errorMessages"):
            words = said if isinstance(said, list) else [said]
            raise said_instead(self.name, "; ".join(map(str, words)), RequestRefused)
        tables = answer.get("results")
        if not isinstance(tables, dict | list):
            raise not_ours(self.name)
        for table in objects(tables if isinstance(tables, list) else [tables]):
            rows = objects(table.get("detalle"))
            # a day without rates has no date either
            if rows or table.get("fecha") is not None:
                self._add(quotes, iso_date(table.get("fecha")), rows)
        return quotes.done()

    def _add(self, quotes: Quotes, day: datetime.date, rows: list[dict]) -> None:
        """Add a day's rows; a currency with two rates has none to be trusted."""
        found: dict[str, set[tuple[str, int]]] = {}
        for row in rows:
            if "codigoMoneda" not in row or "tipoCotizacion" not in row:
                raise not_ours(self.name)
            code = str(row["codigoMoneda"]).strip()
            if not _CODE.fullmatch(code):
                raise not_ours(self.name)
            if code not in NO_CURRENCY and is_current(code, day):
                match = _UNITS.search(str(row.get("descripcion")))
                nominal = units(match[1].replace(".", "")) if match else 1
                figures = found.setdefault(code, set())
                figure = row["tipoCotizacion"]
                figures.add(("" if figure is None else str(figure), nominal))
        for code, figures in found.items():
            [(figure, nominal), *others] = sorted(figures)
            if others:
                # no figure: refused, and shown to whoever looks after the rates
                figure = " / ".join(text for text, _nominal in sorted(figures))
            way = "base_per_foreign"
            quotes.add(code, figure, day, nominal=nominal, direction=way)
