"""Price board of Vietcombank: what the bank pays and asks, as dong for 1 unit.

The board changes within the day and holds the newest prices only, with the moment at
which they were made, written as Americans do. "Buy" is for banknotes, "Transfer" for
balances, and "Sell" for both. A currency that isn't traded has a dash, or had a zero.
"""

import datetime

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_xml
from ..reading import Quotes, date_in, grouped
from ..registry import register

FIGURES = {"buy": "Transfer", "sell": "Sell", "cash_buy": "Buy"}


@register
class Vietcombank(Adapter):
    code = "vietcombank"
    name = _lt("Vietcombank (price board)")
    country = "VN"
    publisher = "bank"
    base = "VND"
    kinds = ("buy", "sell", "cash_buy")
    currencies = frozenset(
        "AUD CAD CHF CNY DKK EUR GBP HKD INR JPY KRW KWD MYR NOK RUB SAR SEK SGD THB "
        "USD".split()
    )
    calendar = Calendar("Asia/Ho_Chi_Minh", datetime.time(10))
    max_age_days = 12  # Tet, with the weekends around it
    min_interval = 300
    limits = _lt("One request every five minutes; there is no history to fetch.")
    address = "https://portal.vietcombank.com.vn/Usercontrols/TVPortal.TyGia/"
    hosts = ("portal.vietcombank.com.vn",)
    terms = _lt(
        "Source: Vietcombank, for reference only. These are prices of one bank, not "
        "the central rate of the State Bank of Vietnam."
    )
    documentation = "https://www.vietcombank.com.vn/"
    unseen = _lt("The board as a whole, and what is answered to hasty requests.")
    max_bytes = 1024 * 1024

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the board, whatever the days wanted."""
        return client.get(f"{address}pXML.aspx", {"b": 10})

    def payloads(self, client, address, date_from, date_to, today):
        """Download the board, unless all the days wanted are over."""
        # at weekends, and before the bank opens, the board is an older day's
        if self.calendar.working_days_between(date_to, today) <= 1:
            yield self.request(client, address, date_from, date_to, today)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the board."""
        root = parse_xml(payload, publisher=self.name)
        rows = root.findall("Exrate")
        written = (root.findtext("DateTime") or "").split()
        if root.tag != "ExrateList" or not written:
            raise not_ours(self.name)
        day = date_in(written[0], "%m/%d/%Y")
        quotes = Quotes(self.code, self.base, hints)
        for row in rows:
            if not {*FIGURES.values()} <= {*row.keys()}:
                raise not_ours(self.name)
            figures = {kind: grouped(row.get(name)) for kind, name in FIGURES.items()}
            # a zero says that it isn't traded
            figures = {k: figure for k, figure in figures.items() if figure.strip("0.")}
            code = (row.get("CurrencyCode") or "").strip()
            quotes.add_each(code, figures, day, direction="base_per_foreign")
        return quotes.done()
