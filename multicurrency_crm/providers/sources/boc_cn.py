"""Price board of the Bank of China (外汇牌价): what the bank pays and asks.

Yuan for 100 units of every currency, for balances (现汇) and for banknotes (现钞), and
the bank's own conversion price (折算价). The board changes many times a day and holds
the newest prices only; each row says when it was made. Currencies have Chinese names.
"""

import datetime
from collections.abc import Iterator

from ...engine.calendars import EVERY_DAY, ONE_DAY, Calendar
from ...engine.rates import Quote
from ..base import Adapter
from ..currency_names import CHINESE
from ..errors import FormatError, _lt
from ..pages import parse_page
from ..payloads import decode
from ..reading import Quotes, iso_date, wrong_date
from ..registry import register

#: the columns by their headings: kinds of prices, and what else a row says
COLUMNS = {
    "货币名称": "name",
    "现汇买入价": "buy",
    "现钞买入价": "cash_buy",
    "现汇卖出价": "sell",
    "现钞卖出价": "cash_sell",
    "中行折算价": "official",
    "发布日期": "date",
    "发布时间": "time",
}
NEEDED = {"name", "buy", "sell", "date"}
NOT_OURS = _lt("This isn't a price board of the Bank of China: try again later.")
#: what is opened and not closed again was cut off
CLOSED = ("tr", "table", "html")


@register
class BankOfChina(Adapter):
    code = "boc_cn"
    name = _lt("Bank of China (price board)")
    publisher = "bank"
    country = "CN"
    base = "CNY"
    kinds = ("official", "buy", "sell", "cash_buy", "cash_sell")
    currencies = frozenset(
        "AED AUD BRL CAD CHF DKK EUR GBP HKD IDR INR JPY KRW MOP MYR NOK NZD PHP RUB "
        "SAR SEK SGD THB TRY TWD USD ZAR".split()
    )
    calendar = Calendar("Asia/Shanghai", datetime.time(10), weekdays=EVERY_DAY)
    max_age_days = 4
    min_interval = 5
    limits = _lt("The newest board only: there is no history to fetch.")
    restricted = True
    documentation = address = "https://www.boc.cn/sourcedb/whpj/"
    hosts = ("www.boc.cn",)
    terms = _lt(
        "Source: Bank of China, for its own customers. Republication for commerce is "
        "not allowed: use the prices inside your company only."
    )
    unseen = _lt("The page of 2026 around the rows of its table.")
    max_bytes = 4 * 1024 * 1024

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the board, whatever the days wanted."""
        return client.get(address)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the board, unless all the days wanted are over."""
        # just after midnight it is still yesterday's
        if date_to >= today - ONE_DAY:
            yield self.request(client, address, date_from, date_to, today)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the page, or its table; of several prices in a day the newest."""
        newest = {}
        for row in self._rows(payload):
            if code := CHINESE.get(row["name"]):
                day = iso_date(row["date"].replace("/", "-"))
                made_at = self._time(row.get("time"))
                if (day, code) not in newest or made_at > newest[day, code][0]:
                    newest[day, code] = made_at, row
        quotes = Quotes(self.code, self.base, hints)
        for (day, code), (_made_at, row) in newest.items():
            said = {"nominal": 100, "direction": "base_per_foreign"}
            for kind in self.kinds:
                quotes.add(code, row.get(kind), day, kind=kind, **said)
        return quotes.done()

    def _rows(self, payload: bytes) -> Iterator[dict[str, str]]:
        """Yield the rows of the board, by :data:`COLUMNS`."""
        text = decode(payload, publisher=self.name)
        if any(text.rfind(f"<{tag}") > text.rfind(f"</{tag}") for tag in CLOSED):
            raise FormatError(_lt("The Bank of China's page is cut off: try again."))
        root = parse_page(text)
        columns = None
        for line in root.iter("tr") if root is not None else ():
            cells = [" ".join(cell.itertext()).strip() for cell in line]
            if "货币名称" in cells:
                columns = [COLUMNS.get(cell, cell) for cell in cells]
                if not set(columns) >= NEEDED:
                    raise FormatError(NOT_OURS)
            elif columns and cells and cells[0] in CHINESE:
                if len(cells) != len(columns):
                    raise FormatError(NOT_OURS)
                yield dict(zip(columns, cells, strict=True))
        if not columns:
            raise FormatError(NOT_OURS)

    @staticmethod
    def _time(text: str | None) -> datetime.time:
        """Read ``19:28:40``; a board without times is one moment."""
        try:
            moment = datetime.datetime.strptime(text or "0:0:0", "%H:%M:%S")
        except ValueError:
            raise wrong_date(text) from None
        return moment.time()
