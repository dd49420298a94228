"""Exchange rates of Banco Central de Chile, as pesos for 1 unit, from its database.

The observed dollar (dólar observado) of a day is the average of the day before it; the
bank derives the other currencies from it. The UF, in which Chile counts rents and
loans, has a currency code of its own (CLF) and a value for every day.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..currency_codes import is_current
from ..errors import KeyRefused, RequestRefused, _lt
from ..payloads import parse_json
from ..reading import Quotes, date_in, grouped, objects
from ..registry import register
from ..service_answers import ask

#: the series of each currency
SERIES = {"USD": "F073.TCO.PRE.Z.D", "CLF": "F073.UFF.PRE.Z.D"}
SERIES |= {
    code: f"F072.CLP.{code}.N.O.D" for code in "EUR GBP JPY CNY BRL CAD AUD".split()
}
CURRENCIES = {series: code for code, series in SERIES.items()}
#: any currency's of that kind: pesos for 1 unit, daily
_SERIES = re.compile(r"F072\.CLP\.([A-Z]{3})\.N\.O\.D")
#: before it the Brazilian series is of another money
FIRST_DAY_OF_THE_REAL = datetime.date(1994, 7, 1)
WRONG_KEY = -5


@register
class CentralBankOfChile(Adapter):
    code = "bcch"
    name = _lt("Central Bank of Chile")
    country = "CL"
    base = "CLP"
    kinds = ("mid",)
    currencies = frozenset(SERIES)
    calendar = Calendar("America/Santiago", datetime.time(13))
    first_day = datetime.date(1990, 1, 2)
    longest_range = 366
    min_interval = 0.25
    limits = _lt(
        "One series in a request, five a second. The key is the e-mail address, a "
        "colon and the password of a free account that is activated for the API."
    )
    needs_key = True
    address = "https://si3.bcentral.cl/SieteRestWS/"
    hosts = ("si3.bcentral.cl",)
    terms = _lt(
        "Source: Banco Central de Chile, Base de Datos Estadísticos. The bank is to be "
        "named as the owner of the figures wherever they are shown."
    )
    documentation = "https://si3.bcentral.cl/Siete/es/Siete/API"
    unseen = _lt("The UF's series; its refusals, but for that of a wrong password.")

    def request(
        self, client, address, date_from, date_to, today, series=SERIES["USD"]
    ) -> bytes:
        """Download one series; the key is a user and a password with a colon between.

        :raises KeyRefused: it isn't
        """
        user, _colon, password = client.api_key.partition(":")
        if not user or not password:
            raise KeyRefused(
                _lt(
                    "Write the key of the Central Bank of Chile as e-mail address, "
                    "colon and password: name@company.com:password."
                )
            )
        client.mask.hide(user, password)
        params = {"user": user, "pass": password, "firstdate": date_from}
        params |= {"lastdate": date_to, "timeseries": series, "function": "GetSeries"}
        address += "SieteRestWS.ashx"
        return ask(client, address, params, refuses_with=("Codigo", "Descripcion"))

    def payloads(self, client, address, date_from, date_to, today):
        """Download the series of each currency that is wanted."""
        for currency in self.wanted(client):
            span = (date_from, date_to, today)
            yield self.request(client, address, *span, SERIES[currency])

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read one series, whose name says the currency.

        :raises KeyRefused, RequestRefused: what the answer says
        """
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        if not isinstance(answer, dict) or "Codigo" not in answer:
            raise not_ours(self.name)
        if answer["Codigo"] != 0:
            error = KeyRefused if answer["Codigo"] == WRONG_KEY else RequestRefused
            raise said_instead(self.name, answer.get("Descripcion"), error)
        series = answer.get("Series")
        name = str(series.get("seriesId")) if isinstance(series, dict) else ""
        match = _SERIES.fullmatch(name)
        currency = CURRENCIES.get(name) or (match[1] if match else None)
        if not currency:
            raise not_ours(self.name)
        for row in objects(series.get("Obs") or []):
            day = date_in(row.get("indexDateString"), "%d-%m-%Y")
            # some series are named otherwise than by codes, or after dead money
            is_money = is_current(currency, day) and row.get("statusCode", "OK") == "OK"
            if is_money and (currency != "BRL" or day >= FIRST_DAY_OF_THE_REAL):
                figure, way = grouped(row.get("value")), "base_per_foreign"
                quotes.add(currency, figure, day, direction=way)
        return quotes.done()
