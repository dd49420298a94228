"""Twelve Data, a market data service with a free plan: currency pairs by name.

A pair costs a credit whatever the number of days. A day's rate is where its bar
closes; today's moves until then.
"""

import datetime
from collections.abc import Iterator

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..base import Adapter
from ..currency_codes import is_current
from ..errors import (
    KeyRefused,
    NoQuotes,
    NotPublished,
    RequestRefused,
    TooManyRequests,
    _lt,
)
from ..reading import Quotes, iso_date, objects, utc_day
from ..registry import register
from ..service_answers import ask, not_of, read_object, refusal

#: pairs in a request: what the free plan gives in a minute
AT_ONCE = 8
_REFUSALS = {"401": KeyRefused, "404": NotPublished, "429": TooManyRequests}


@register
class TwelveData(Adapter):
    code = "twelvedata"
    name = _lt("Twelve Data")
    base = "USD"
    calendar = Calendar("America/New_York", datetime.time(17))
    max_age_days = 5
    longest_range = 5000
    min_interval = 60
    limits = _lt(
        "A credit for each currency, whatever the number of days; 8 currencies in a "
        "request, and a request a minute. The free plan has 800 credits a day."
    )
    needs_key = True
    address = "https://api.twelvedata.com/"
    hosts = ("api.twelvedata.com",)
    terms = _lt(
        "Market data without a guarantee; what a plan allows to be shown to others is "
        "in the service's terms on twelvedata.com."
    )
    documentation = "https://twelvedata.com/docs"
    unseen = _lt("Every answer with rates: those in the documentation were read.")

    def request(self, client, address, date_from, date_to, today, codes=()) -> bytes:
        """Download the daily bars of some pairs; of all that are wanted, by default."""
        pairs = [f"{self.base}/{code}" for code in codes or self.wanted(client)]
        params = {"symbol": ",".join(pairs), "interval": "1day", "timezone": "UTC"}
        # the last day alone would end where it begins
        params |= {"start_date": date_from, "end_date": f"{date_to} 23:59:59"}
        address, key = f"{address}time_series", f"apikey {client.api_key}"
        said, headers = ("code", "message"), {"Authorization": key}
        return ask(client, address, params, headers, refuses_with=said)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the pairs wanted, as many at once as the free plan gives."""
        codes = self.wanted(client)
        while codes:
            some, codes = codes[:AT_ONCE], codes[AT_ONCE:]
            yield self.request(client, address, date_from, date_to, today, some)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read bars or newest rates, of one pair or of several by name.

        A pair that the service doesn't have is left out beside others that it has.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = read_object(payload, self.name)
        is_one = answer.keys() & {"meta", "symbol", "code", "status"}
        quotes, gaps = Quotes(self.code, self.base, hints), []
        for pair in objects([answer] if is_one else list(answer.values())):
            try:
                self._add(quotes, pair)
            except (NoQuotes, NotPublished) as gap:
                gaps.append(gap)
        if gaps and not quotes.quotes and not quotes.refused:
            raise gaps[0]
        return quotes.done()

    def _add(self, quotes: Quotes, pair: dict) -> None:
        """Add what is there of one pair."""
        if pair.get("status") == "error" or "code" in pair:
            raise self._refusal(pair)
        meta = pair.get("meta", pair)
        symbol = meta.get("symbol") if isinstance(meta, dict) else None
        base, slash, currency = str(symbol).partition("/")
        if not slash:
            raise not_of(self.name)
        for day, figure in self._figures(pair, meta):
            if is_current(base, day) and is_current(currency, day):
                quotes.add(currency, figure, day, base=base)

    def _figures(self, pair: dict, meta: dict) -> Iterator[tuple]:
        """Yield day and figure of each bar of a day, or of the newest rate."""
        if "meta" not in pair:
            yield utc_day(pair.get("timestamp")), pair.get("rate")
        elif meta.get("interval") == "1day":
            for bar in objects(pair.get("values")):
                yield iso_date(bar.get("datetime")), bar.get("close")
        else:
            raise not_of(self.name)

    def _refusal(self, pair: dict) -> Exception:
        """Return what the service says instead of rates, as the error that fits it."""
        code, said = str(pair.get("code")), str(pair.get("message"))
        error_class = _REFUSALS.get(code, RequestRefused)
        if code == "400" and "no data is available" in said.lower():
            error_class = NoQuotes
        return refusal(error_class, self.name, said)
