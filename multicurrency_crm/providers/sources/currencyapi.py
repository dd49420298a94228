"""currencyapi.com, a paid service with a free plan: some 190 currencies and coins.

Every answer is stamped with the last second of what it covers: 23:59:59 UTC of a day
that is over, which on the free plan the newest rates are too; of an hour or a minute
on others. The stamp's day is the rates' day. No answer names the base.
"""

import datetime

from ...engine.calendars import EVERY_DAY, Calendar
from ...engine.rates import Quote
from ..currency_codes import is_current
from ..errors import KeyRefused, ProviderError, RequestRefused, TooManyRequests, _lt
from ..plans import PlannedService
from ..quoted import CURRENCYAPI
from ..reading import Quotes, iso_date, objects
from ..registry import register
from ..service_answers import ask, not_of, read_object, refusal

#: what is in the words of a refusal that isn't about the request itself
_REFUSALS = {
    TooManyRequests: ("monthly", "rate limit", "too many"),
    KeyRefused: ("authentication", "api key", "apikey"),
}


@register
class CurrencyApi(PlannedService):
    code = "currencyapi"
    name = _lt("currencyapi.com")
    base = "USD"
    currencies = CURRENCYAPI
    # a day's rates are out at half past midnight UTC: on that day, an hour to the west
    calendar = Calendar("Etc/GMT+1", datetime.time(23, 30), weekdays=EVERY_DAY)
    max_age_days = 3
    first_day = datetime.date(1999, 1, 1)
    first_days = 9
    min_interval = 6
    limits = _lt(
        "A request for each day, or for a month on plans with ranges. The free plan "
        "has 300 a month and 10 a minute; refused ones don't count."
    )
    address = "https://api.currencyapi.com/v3/"
    hosts = ("api.currencyapi.com",)
    terms = _lt(
        "Collected from several sources, without a guarantee. The service's terms are "
        "on currencyapi.com."
    )
    documentation = "https://currencyapi.com/docs"
    unseen = _lt("Ranges, which dearer plans have, and refusals of a plan (403, 429).")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest rates, those of a day that is over, or of a span."""
        params = {"base_currency": self.base}
        if date_from >= today:
            path = "latest"
        elif date_from == date_to:
            path, params["date"] = "historical", date_from
        else:
            path, params["accuracy"] = "range", "day"
            params["datetime_start"] = f"{date_from}T00:00:00Z"
            params["datetime_end"] = f"{date_to}T23:59:59Z"
        key = {"apikey": client.api_key}
        return ask(client, address + path, params, key, refuses_with=("message",))

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the newest rates, those of a day, or of each day of a range.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = read_object(payload, self.name)
        data, meta = answer.get("data"), answer.get("meta")
        if "data" not in answer and "message" in answer:
            raise self._refusal(answer["message"], answer.get("errors"))
        if isinstance(data, list):
            days = [(d.get("datetime"), d.get("currencies")) for d in objects(data)]
        elif isinstance(meta, dict):
            days = [(meta.get("last_updated_at"), data)]
        else:
            raise not_of(self.name)
        quotes = Quotes(self.code, self.base, hints)
        for stamp, rates in days:
            day, figures = iso_date(stamp), self._figures(rates)
            base = self._base(figures, day)
            for currency, figure in figures.items():
                if is_current(currency, day):
                    quotes.add(currency, figure, day, base=base)
        return quotes.done()

    def _figures(self, rates: object) -> dict[str, object]:
        """Return the figures by code; each repeats its code."""
        if rates == []:
            return {}
        if not isinstance(rates, dict):
            raise not_of(self.name)
        for code, rate in rates.items():
            if not isinstance(rate, dict) or rate.get("code") != code:
                raise not_of(self.name)
        return {code: rate.get("value") for code, rate in rates.items()}

    def _base(self, figures: dict[str, object], day: datetime.date) -> str:
        """Return the base: the currency of which there is 1, else what was asked for.

        :raises FormatError: there is more or less than a dollar, and 1 of none or many
        """
        ones = [c for c in figures if figures[c] == 1 and is_current(c, day)]
        if self.base in ones or not ones and self.base not in figures:
            return self.base
        if len(ones) != 1:
            raise not_of(self.name)
        return ones[0]

    def _refusal(self, message: object, details: object) -> ProviderError:
        """Return what the service says instead of rates, as the error that fits it."""
        details = details.values() if isinstance(details, dict) else ()
        said = " ".join(map(str, (message, *details)))
        for error_class, words in _REFUSALS.items():
            if any(word in said.lower() for word in words):
                return refusal(error_class, self.name, said)
        return refusal(RequestRefused, self.name, said)
