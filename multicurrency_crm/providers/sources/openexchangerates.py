"""Open Exchange Rates, a paid service with a free plan.

Blended rates of some 170 currencies against the US dollar, at every hour of every day;
the last of a day (UTC) stay as that day's. The answer's only date is its time stamp.
"""

import datetime
import re

from ...engine.calendars import EVERY_DAY, Calendar
from ...engine.rates import Quote
from ..base import Adapter
from ..errors import (
    FormatError,
    KeyRefused,
    NoQuotes,
    RequestRefused,
    TooManyRequests,
    _lt,
)
from ..payloads import parse_json
from ..quoted import OPENEXCHANGERATES
from ..reading import Quotes, iso_date, utc_day
from ..registry import register
from ..service_answers import ask

#: labels that are no currency: bitcoin, and what has a longer one (black markets,
#: other digital money). Metals such as XAU have ISO codes, and stay.
_NO_CURRENCY = re.compile(r"BTC|[A-Z]{4,}|[A-Z]+_[A-Z0-9_]+")
_REFUSALS = {"401": KeyRefused, "429": TooManyRequests}


@register
class OpenExchangeRates(Adapter):
    code = "openexchangerates"
    name = _lt("Open Exchange Rates")
    base = "USD"
    currencies = OPENEXCHANGERATES
    calendar = Calendar("UTC", datetime.time(1), weekdays=EVERY_DAY)
    max_age_days = 3
    first_day = datetime.date(1999, 1, 1)
    longest_range = 1
    limits = _lt(
        "One request for each day; the free plan has 1,000 requests a month and the "
        "US dollar as its only base."
    )
    needs_key = True
    address = "https://openexchangerates.org/api/"
    hosts = ("openexchangerates.org",)
    terms = _lt(
        "Blended from several sources, for information and without any guarantee; "
        "resale is forbidden. See openexchangerates.org/terms and /license."
    )
    documentation = "https://docs.openexchangerates.org/"
    unseen = _lt("time-series.json of the dearer plans, which is not asked for.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest rates if today's are wanted, else those of a past day.

        A refusal with the publisher's own words is returned, for :meth:`parse`.
        """
        name = "latest" if date_from >= today else f"historical/{date_from}"
        return ask(
            client,
            f"{address}{name}.json",
            {"app_id": client.api_key},
            refuses_with=("error", "description"),
        )

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read ``latest.json``, a ``historical/….json`` or ``time-series.json``.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = parse_json(payload, publisher=self.name)
        if not isinstance(answer, dict):
            raise self._not_ours()
        if answer.get("error") is True:
            raise self._refusal(answer)
        rates, base = answer.get("rates"), answer.get("base")
        if not isinstance(rates, dict) or not isinstance(base, str):
            raise self._not_ours()
        if "start_date" in answer:
            days = {iso_date(day): figures for day, figures in rates.items()}
        else:
            days = {utc_day(answer.get("timestamp")): rates}
        quotes = Quotes(self.code, base, hints)
        for day, figures in days.items():
            if not isinstance(figures, dict):
                raise self._not_ours()
            for currency, figure in figures.items():
                if not _NO_CURRENCY.fullmatch(currency):
                    quotes.add(currency, figure, day)
        return quotes.done()

    @staticmethod
    def _refusal(answer: dict) -> NoQuotes | RequestRefused | TooManyRequests:
        """Return what the service says instead of rates, as the error that fits it."""
        if answer.get("message") == "not_available":
            return NoQuotes(_lt("Open Exchange Rates has no rates of that day (yet)."))
        status = str(answer.get("status"))[:5]
        said = str(answer.get("description") or answer.get("message") or "…")
        return _REFUSALS.get(status, RequestRefused)(
            _lt(
                "Open Exchange Rates refuses (status %(status)s): “%(said)s” Check the "
                "key and the plan."
            ),
            status=status,
            said=" ".join(said.split())[:300],
        )

    @staticmethod
    def _not_ours() -> FormatError:
        """Return the error for an answer of another form."""
        return FormatError(_lt("This isn't an answer with Open Exchange Rates' rates."))
