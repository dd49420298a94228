"""ExchangeRate-API, a service with a key: blended rates of some 160 currencies.

One answer a day of all currencies against the dollar. Plans with a history give past
days one by one; the free plan gives the newest day only.
"""

import datetime

from ...engine.calendars import EVERY_DAY, ONE_DAY, Calendar
from ...engine.rates import Quote
from ..currency_codes import is_current
from ..errors import KeyRefused, NoQuotes, RequestRefused, TooManyRequests, _lt
from ..plans import PlannedService
from ..quoted import EXCHANGERATE_API
from ..reading import Quotes, date_in, utc_day
from ..registry import register
from ..service_answers import ask, not_of, read_object, refusal

_REFUSALS = {
    "invalid-key": KeyRefused,
    "inactive-account": KeyRefused,
    "quota-reached": TooManyRequests,
    "no-data-available": NoQuotes,
}


@register
class ExchangeRateApi(PlannedService):
    code = "exchangerate_api"
    name = _lt("ExchangeRate-API")
    base = "USD"
    currencies = EXCHANGERATE_API
    calendar = Calendar("UTC", datetime.time(1), weekdays=EVERY_DAY)
    max_age_days = 3
    first_day = datetime.date(1990, 1, 1)
    longest_range = None
    limits = _lt(
        "A request for each day. The free plan has 1,500 a month and no history: only "
        "the newest day is fetched."
    )
    address = "https://v6.exchangerate-api.com/v6/"
    hosts = ("v6.exchangerate-api.com",)
    terms = _lt(
        "Blended from several sources, one indicative middle rate a day; not to be "
        "handed on. See exchangerate-api.com/terms."
    )
    documentation = "https://www.exchangerate-api.com/docs/overview"
    unseen = _lt("Every answer to a key, the history's too; the open ones were seen.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest rates, or those of one day that is over."""
        path = f"latest/{self.base}"
        if date_from < today:
            day = f"{date_from.year}/{date_from.month}/{date_from.day}"
            path = f"history/{self.base}/{day}"
        headers = {}
        if self.needs_key:
            headers["Authorization"] = f"Bearer {client.api_key}"
        said = ("result", "error-type")
        return ask(client, address + path, headers=headers, refuses_with=said)

    def payloads(self, client, address, date_from, date_to, today):
        """Download day by day; without a history in the plan, the newest if wanted."""
        day = date_from
        while day <= min(date_to, today - ONE_DAY):
            payload = self.request(client, address, day, day, today)
            if date_to >= today and self.is_beyond_plan(payload):
                break
            yield payload
            day += ONE_DAY
        if date_to >= today:
            yield self.request(client, address, today, today, today)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the newest rates, those of a day, or those of one pair.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = read_object(payload, self.name)
        said = answer.get("error-type")
        if answer.get("result") == "error" or said:
            raise refusal(_REFUSALS.get(str(said), RequestRefused), self.name, said)
        base, day = answer.get("base_code"), self._day(answer)
        figures = answer.get("conversion_rates", answer.get("rates"))
        if "conversion_rate" in answer:
            figures = {str(answer.get("target_code")): answer["conversion_rate"]}
        if not isinstance(figures, dict) or not isinstance(base, str):
            raise not_of(self.name)
        quotes = Quotes(self.code, base, hints)
        for currency, figure in figures.items():
            if is_current(currency, day):
                quotes.add(currency, figure, day)
        return quotes.done()

    @staticmethod
    def _day(answer: dict) -> datetime.date:
        """Return the day of a history, or else that of the last update."""
        if "year" not in answer:
            return utc_day(answer.get("time_last_update_unix"))
        parts = (str(answer.get(name)) for name in ("year", "month", "day"))
        return date_in("-".join(parts), "%Y-%m-%d")
