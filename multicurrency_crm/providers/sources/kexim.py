"""Daily rates of the Export-Import Bank of Korea, as won for 1 or 100 units.

The basic rate of the won (매매기준율) and the bank's own rates for transfers, at about
11:00 on working days. An answer says no day: it is of the day that was asked for, and
empty for a day without rates. What it calls CNH is the yuan (위안화).
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Answer
from ..errors import (
    KeyRefused,
    NoQuotes,
    ProviderError,
    RequestRefused,
    TooManyRequests,
    _lt,
)
from ..payloads import parse_json
from ..reading import Quotes, grouped, hinted_date, objects, units
from ..registry import register
from ..spans import DayByDay

FIGURES = {"mid": "deal_bas_r", "buy": "ttb", "sell": "tts"}
#: "USD", "JPY(100)"
_UNIT = re.compile(r"\s*([A-Z]{3})\s*(?:\(\s*([0-9][0-9,]*)\s*\))?\s*")
OWN_CODES = {"CNH": "CNY"}


@register
class ExportImportBankOfKorea(DayByDay):
    code = "kexim"
    name = _lt("Export-Import Bank of Korea")
    country = "KR"
    base = "KRW"
    kinds = ("mid", "buy", "sell")
    currencies = frozenset(
        "AED AUD BHD BND CAD CHF CNY DKK EUR GBP HKD IDR JPY KWD MYR NOK NZD SAR SEK "
        "SGD THB USD".split()
    )
    calendar = Calendar("Asia/Seoul", datetime.time(11, 15))
    max_age_days = 11  # the long holidays in autumn, with the weekends around them
    min_interval = 0.5
    limits = _lt("One day in a request, and 1,000 requests a day.")
    needs_key = True
    address = "https://oapi.koreaexim.go.kr/site/program/financial/"
    hosts = ("oapi.koreaexim.go.kr",)
    terms = _lt(
        "Source: Export-Import Bank of Korea. For information; the terms of its open "
        "interface apply to your key, which may be bound to your server's address."
    )
    documentation = "https://www.koreaexim.go.kr/ir/HPHKIR020M01?apino=2&viewtype=C"
    unseen = _lt("A whole answer of this year, and the form of its refusals.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download one day, which the answer itself doesn't name."""
        params = {"authkey": client.api_key, "searchdate": f"{date_to:%Y%m%d}"}
        payload = client.get(f"{address}exchangeJSON", {**params, "data": "AP01"})
        return Answer(payload, date=date_to)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the currencies of a day, which ``hints["date"]`` says.

        :raises KeyRefused, TooManyRequests, RequestRefused: what the answer says
        """
        answer = parse_json(payload, publisher=self.name)
        rows = objects([answer] if isinstance(answer, dict) else answer)
        quotes = Quotes(self.code, self.base, hints)
        codes = {row.get("cur_unit") for row in rows}
        for row in rows:
            if (result := str(row.get("result"))) != "1":
                raise self._refusal(result)
            if FIGURES["mid"] not in row:
                raise not_ours(self.name)
            figures = {kind: grouped(row.get(name)) for kind, name in FIGURES.items()}
            if not any(figures.values()):
                continue  # a day without rates may be one row without anything
            unit = _UNIT.fullmatch(str(row.get("cur_unit")))
            if not unit:
                raise not_ours(self.name)
            code, nominal = unit[1], units((unit[2] or "1").replace(",", ""))
            if OWN_CODES.get(code) not in codes:
                code = OWN_CODES.get(code, code)
            said = {"nominal": nominal, "direction": "base_per_foreign"}
            quotes.add_each(code, figures, hinted_date(hints), **said)
        return quotes.done()

    def _refusal(self, result: str) -> ProviderError:
        """Return what the bank says by a number instead of rates."""
        if result == "0":
            return NoQuotes(_lt("The bank has no rates of these days."))
        if result == "2":
            return RequestRefused(
                _lt("The Export-Import Bank of Korea doesn't know what was asked for.")
            )
        if result == "3":
            return KeyRefused(
                _lt(
                    "The Export-Import Bank of Korea doesn't accept the key: check it, "
                    "and whether it is for your server's address."
                )
            )
        if result == "4":
            return TooManyRequests(
                _lt(
                    "The Export-Import Bank of Korea takes no more requests today: try "
                    "again tomorrow."
                )
            )
        return said_instead(self.name, f"result {result[:20]}")
