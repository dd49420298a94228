"""What the services of one house share: currencylayer, Fixer, exchangerate.host.

They take a key in the address, give the newest rates, those of one day, or (dearer
plans) those of a span in one answer, and refuse with status 200 and a number.
"""

import datetime
import re

from ..engine.calendars import EVERY_DAY, Calendar
from ..engine.rates import Quote
from .currency_codes import is_current
from .errors import (
    KeyRefused,
    NoQuotes,
    ProviderError,
    RequestRefused,
    TooManyRequests,
    _lt,
)
from .plans import PlannedService
from .quoted import APILAYER
from .reading import Quotes, iso_date, utc_day
from .service_answers import ask, not_of, read_object, refusal

#: by number or name, whichever a service of the house gives
_REFUSALS = {
    TooManyRequests: re.compile(r"\b(104|429)\b|limit|quota"),
    KeyRefused: re.compile(r"\b10[12]\b|access_key|inactive"),
    NoQuotes: re.compile(r"\b106\b|no_rates|no_results"),
}


class ApiLayer(PlannedService):
    """An adapter of the house, as most of its services are; they say what differs."""

    base = "USD"
    currencies = APILAYER - {"USD"}
    calendar = Calendar("UTC", datetime.time(1), weekdays=EVERY_DAY)
    max_age_days = 3
    first_day = datetime.date(1999, 1, 1)
    limits = _lt(
        "A request for each day, or for a month on plans with time-frames. The free "
        "plan has 100 a month; a plan without https can't be used: a key isn't sent "
        "openly."
    )

    #: names of the newest rates and of a span below the address
    newest = "live"
    span = "timeframe"

    def of_day(self, day: datetime.date) -> tuple[str, dict[str, object]]:
        """Return name and parameters of one day's rates."""
        return "historical", {"date": day}

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest rates, those of a day that is over, or of a span."""
        if date_from >= today:
            path, params = self.newest, {}
        elif date_from == date_to:
            path, params = self.of_day(date_from)
        else:
            path, params = self.span, {"start_date": date_from, "end_date": date_to}
        params = {"access_key": client.api_key, **params}
        return ask(client, address + path, params, refuses_with=("success",))

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the newest rates, those of a day or a span, or a conversion.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = read_object(payload, self.name)
        if answer.get("success") is False or "error" in answer:
            raise self._refusal(answer.get("error"))
        base, days = self._figures(answer)
        if not isinstance(base, str) or not isinstance(days, dict):
            raise not_of(self.name)
        quotes = Quotes(self.code, base, hints)
        for day, figures in days.items():
            if not isinstance(figures, dict) and figures != []:
                raise not_of(self.name)
            for name, figure in dict(figures).items():
                currency = self._currency(name, base, answer)
                if is_current(currency, day):
                    quotes.add(currency, figure, day)
        return quotes.done()

    def _figures(self, answer: dict) -> tuple[object, object]:
        """Return base, and the figures by day and name."""
        base = answer.get("source", answer.get("base"))
        figures = answer.get("quotes", answer.get("rates"))
        query, info = answer.get("query"), answer.get("info")
        if isinstance(query, dict) and isinstance(info, dict):
            base, pair = query.get("from"), f"{query.get('from')}{query.get('to')}"
            figures = {pair: info.get("rate", info.get("quote"))}
            answer = {"timestamp": info.get("timestamp"), **answer}
        # an empty table is written as a list
        if not isinstance(figures, dict) and figures != []:
            return base, None
        if "start_date" in answer:
            return base, {iso_date(day): of for day, of in dict(figures).items()}
        if "date" in answer:
            return base, {iso_date(answer["date"]): figures}
        return base, {utc_day(answer.get("timestamp")): figures}

    def _currency(self, name: str, base: str, answer: dict) -> str:
        """Return ``EUR`` of the pair ``USDEUR``, whose other side is the base."""
        if "rates" in answer:
            return name
        if len(name) != 6 or not name.startswith(base):
            raise not_of(self.name)
        return name[3:]

    def _refusal(self, error: object) -> ProviderError:
        """Return what the service says instead of rates, as the error that fits it."""
        error = error if isinstance(error, dict) else {}
        words = f"{error.get('code')} {error.get('type')}"
        said = error.get("info") or error.get("message") or error.get("type")
        for error_class, pattern in _REFUSALS.items():
            if pattern.search(words):
                return refusal(error_class, self.name, said)
        return refusal(RequestRefused, self.name, said)
