"""Average rates of commercial banks in Bangkok, by the Bank of Thailand.

Baht for 1 unit, says the heading; for 100 yen and 1,000 rupiah, say only the names of
these currencies. Published at 18:00 on working days, for a key of one's own. What banks
pay for sight bills is left out: transfers are the rate to buy at.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter
from ..errors import FormatError, KeyRefused, RequestRefused, TooManyRequests, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects, units
from ..registry import register

FIGURES = {"mid": "mid_rate", "buy": "buying_transfer", "sell": "selling"}
#: "JAPAN : YEN (100 YEN) (JPY)"
_UNITS = re.compile(r"\(\s*([0-9][0-9,]*)\s*[^0-9()]+\)")
_REFUSALS = {"401": KeyRefused, "403": KeyRefused, "429": TooManyRequests}


@register
class BankOfThailand(Adapter):
    code = "bot"
    name = _lt("Bank of Thailand")
    country = "TH"
    base = "THB"
    kinds = ("mid", "buy", "sell")
    currencies = frozenset(
        "USD GBP EUR JPY HKD MYR SGD BND PHP IDR INR CHF AUD NZD CAD SEK DKK NOK "
        "CNY".split()
    )
    calendar = Calendar("Asia/Bangkok", datetime.time(18, 15))
    max_age_days = 9  # Songkran, with the weekends around it
    first_day = datetime.date(2002, 1, 2)
    longest_range = 31
    min_interval = 0.5
    limits = _lt("31 days in a request.")
    needs_key = True
    address = "https://gateway.api.bot.or.th/Stat-ExchangeRate/v2/"
    hosts = ("gateway.api.bot.or.th",)
    terms = _lt(
        "Source: Bank of Thailand. Averages of what commercial banks in Bangkok quote, "
        "for information; the terms of its API portal apply to your key."
    )
    documentation = "https://portal.api.bot.or.th/"
    unseen = _lt("Refusals, days without rates, and currencies beyond the usual 19.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download all currencies of the days wanted."""
        params = {"start_period": date_from, "end_period": date_to}
        headers = {"Authorization": client.api_key, "Accept": "application/json"}
        return client.get(f"{address}DAILY_AVG_EXG_RATE/", params, headers)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the rows of an answer, each of one currency and day.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = parse_json(payload, publisher=self.name)
        if not isinstance(answer, dict):
            raise not_ours(self.name)
        result = answer.get("result")
        if "httpCode" in answer or not isinstance(result, dict):
            raise self._refusal(answer)
        data = result.get("data")
        if not isinstance(data, dict):
            raise not_ours(self.name)
        quotes = Quotes(self.code, self.base, hints)
        for row in objects(data.get("data_detail")):
            figures = {kind: row.get(name) for kind, name in FIGURES.items()}
            if not any(figures.values()):
                continue  # a day without rates may be one row without anything
            quotes.add_each(
                row.get("currency_id"),
                figures,
                iso_date(row.get("period")),
                nominal=self._nominal(row),
                direction="base_per_foreign",
            )
        return quotes.done()

    @staticmethod
    def _nominal(row: dict) -> int:
        """Read for how many units a row is: its currency's name says it, or it is 1."""
        name = row.get("currency_name_eng") or row.get("currency_name_th")
        if not isinstance(name, str):
            raise FormatError(
                _lt("A rate without its currency's name: nobody can say for how many.")
            )
        found = _UNITS.search(name)
        return units(found[1].replace(",", "")) if found else 1

    def _refusal(self, answer: dict) -> FormatError | RequestRefused | TooManyRequests:
        """Return what the service says instead of rates, as the error that fits it."""
        said = answer.get("moreInformation") or answer.get("httpMessage")
        if not (said := said or answer.get("message") or answer.get("error")):
            return not_ours(self.name)
        status = str(answer.get("httpCode") or answer.get("code") or "–")[:5]
        return _REFUSALS.get(status, RequestRefused)(
            _lt(
                "The Bank of Thailand refuses (status %(status)s): “%(said)s” Check "
                "the key and the days asked for."
            ),
            status=status,
            said=" ".join(str(said).split())[:300],
        )
