"""Reference rates of Financial Benchmarks India, which succeeded the Reserve Bank's.

Rupees for as many units as the name of a pair says: "INR / 1 USD", "INR / 100 JPY".
Published at 13:30 on working days in Mumbai; days off have no rows.
"""

import datetime
import re

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects, units
from ..registry import register

#: "INR / 10000 IDR"
_PAIR = re.compile(r"\s*INR\s*/\s*([0-9][0-9,]*)\s*([A-Z]{3})\s*")


@register
class FinancialBenchmarksIndia(Adapter):
    code = "fbil"
    name = _lt("Financial Benchmarks India (reference rates)")
    country = "IN"
    base = "INR"
    kinds = ("mid",)
    currencies = frozenset("USD GBP EUR JPY AED IDR".split())
    calendar = Calendar("Asia/Kolkata", datetime.time(13, 30))
    first_day = datetime.date(2018, 7, 10)
    longest_range = 366
    min_interval = 1
    limits = _lt("A year in a request.")
    restricted = True
    address = "https://www.fbil.org.in/wasdm/refrates/"
    hosts = ("www.fbil.org.in",)
    terms = _lt(
        "Source: Financial Benchmarks India Pvt. Ltd. Its terms at fbil.org.in say who "
        "may use the rates and for what: read them, and take a licence where they ask "
        "for one, before you fetch."
    )
    documentation = "https://www.fbil.org.in/"
    unseen = _lt("Its words for a refusal, and an answer of a day without rates.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the days wanted."""
        params = {"fromDate": date_from, "toDate": date_to, "authenticated": "false"}
        return client.get(f"{address}fetchfiltered", params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a list of rates, each with its pair and its day."""
        answer = parse_json(payload, publisher=self.name)
        if isinstance(answer, dict) and (
            said := answer.get("message") or answer.get("error")
        ):
            raise said_instead(self.name, said)
        quotes = Quotes(self.code, self.base, hints)
        for row in objects(answer):
            pair = _PAIR.fullmatch(str(row.get("subProdName")))
            if not pair or "rate" not in row:
                raise not_ours(self.name)
            quotes.add(
                pair[2],
                row["rate"],
                iso_date(row.get("processRunDate")),
                nominal=units(pair[1].replace(",", "")),
                direction="base_per_foreign",
            )
        return quotes.done()
