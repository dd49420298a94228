"""Exchange rates of Sveriges Riksbank, as kronor for 1 unit, from its service SWEA.

Published every banking day around 16:15 in series named SEKUSDPMI; one request brings
the group of them all. The answer for a single series has no names: the request says
which it is.
"""

import datetime
import re
from http import HTTPStatus

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter, Answer
from ..errors import FormatError, NoQuotes, RequestRefused, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects
from ..registry import register

#: the group of all series in kronor for 1 unit of a currency
GROUP = "Observations/ByGroup/130"
_SERIES = re.compile(r"SEK([A-Z]{3})PMI", re.IGNORECASE)
#: where it says why there are no rates
_WORDS = ("message", "detail", "title", "error")


@register
class Riksbank(Adapter):
    code = "riksbank"
    name = _lt("Sveriges Riksbank")
    country = "SE"
    base = "SEK"
    kinds = ("mid",)
    currencies = frozenset(
        "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR "
        "NOK NZD PHP PLN RON SGD THB TRY USD ZAR".split()
    )
    calendar = Calendar("Europe/Stockholm", datetime.time(16, 20))
    first_day = datetime.date(1993, 1, 4)
    longest_range = 365
    min_interval = 13
    limits = _lt(
        "A year in a request; without a key of one's own some five requests a minute."
    )
    address = "https://api.riksbank.se/swea/v1/"
    hosts = ("api.riksbank.se",)
    terms = _lt(
        "Source: Sveriges Riksbank. The rates are indicative and published for "
        "information; they are not meant for transactions."
    )
    documentation = "https://developer.api.riksbank.se/"
    unseen = _lt("The answer with status 204 on a day without rates, and refusals.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download a span; one without rates is answered with 204 and nothing.

        An address that names a series brings that one alone. A key isn't needed, and
        raises the limits where there is one.
        """
        series = _SERIES.search(address)
        path = address if series else f"{address}{GROUP}/"
        headers = {}
        if client.api_key:
            headers["Ocp-Apim-Subscription-Key"] = client.api_key
        try:
            answer = client.get(f"{path}{date_from}/{date_to}", None, headers)
        except RequestRefused as error:
            if error.status != HTTPStatus.NO_CONTENT:
                raise
            return b""
        return Answer(answer, series=series[0]) if series else answer

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the observations of a group; series of no currency are left out.

        Among them is one of the krona against itself, SEKETT. Of a single series the
        name is in ``hints["series"]``, or in ``hints["filename"]``.
        """
        if not payload:
            raise NoQuotes(_lt("The answer holds no rate."))
        quotes = Quotes(self.code, self.base, hints)
        answer = parse_json(payload, publisher=self.name)
        if isinstance(answer, dict):
            raise self._refusal(answer)
        for row in objects(answer):
            if not {"date", "value"} <= row.keys():
                raise not_ours(self.name)
            if series := _SERIES.fullmatch(self._name_of_series(row, hints)):
                code, day = series[1].upper(), iso_date(row["date"])
                quotes.add(code, row["value"], day, direction="base_per_foreign")
        return quotes.done()

    @staticmethod
    def _name_of_series(row: dict, hints: dict) -> str:
        """Return the name of a row's series.

        :raises FormatError: nothing says it
        """
        if "seriesId" in row:
            return str(row["seriesId"])
        for said in (hints.get("series"), hints.get("filename")):
            if found := _SERIES.search(str(said or "")):
                return found[0]
        raise FormatError(
            _lt(
                "Sveriges Riksbank's answer for a single series doesn't say which one "
                "it is: give the file the name of the series, such as SEKEURPMI.json."
            )
        )

    def _refusal(self, answer: dict) -> FormatError:
        """Return the error for what the service says, at one of the places for it."""
        if isinstance(answer.get("error"), dict):
            answer = answer["error"]
        said = next(filter(None, map(answer.get, _WORDS)), None)
        return said_instead(self.name, said) if said else not_ours(self.name)
