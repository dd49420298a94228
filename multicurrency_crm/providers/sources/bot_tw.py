"""Price board of the Bank of Taiwan, as Taiwan dollars for 1 unit.

What the bank pays and asks, for balances (即期) and for banknotes (現金); five of the
currencies for banknotes only. The board of a day has all currencies, and its day in the
name of the file (ExchangeRate@202603061603.csv); a month has one currency, and its days
in the rows. All files have the same headings twice: for buying, and for selling.
"""

import datetime
import re
from collections.abc import Iterator

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import not_ours
from ..base import Adapter, Answer
from ..errors import NoQuotes, _lt
from ..pages import BROWSER
from ..payloads import cut_off, parse_csv
from ..reading import Quotes, date_in, hinted_date
from ..registry import register
from ..spans import months, newest_will_do

#: a page with these words (nothing was found) comes where there are no rates
NOTHING = "本次查詢找不到任何一筆資料".encode()
#: the headings of a file and the words in it, in Chinese and in English
DAYS, CODES, SIDE = {"資料日期", "Data Date"}, {"幣別", "Currency"}, {"匯率", "Rate"}
SIDES = {"本行買入": "buy", "本行賣出": "sell", "Buying": "buy", "Selling": "sell"}
COLUMNS = {"即期": "", "現金": "cash_", "Spot": "", "Cash": "cash_"}
_FILE = re.compile(r"ExchangeRate@([0-9]{8})[0-9]*\.")


@register
class BankOfTaiwan(Adapter):
    code = "bot_tw"
    name = _lt("Bank of Taiwan (price board)")
    country = "TW"
    publisher = "bank"
    base = "TWD"
    kinds = ("buy", "sell", "cash_buy", "cash_sell")
    currencies = frozenset(
        "USD HKD GBP AUD CAD SGD CHF JPY ZAR SEK NZD THB PHP IDR EUR KRW VND MYR "
        "CNY".split()
    )
    calendar = Calendar("Asia/Taipei", datetime.time(16, 15))
    max_age_days = 12  # the lunar new year, with the weekends around it
    min_interval = 2
    limits = _lt("The newest board in a request, else a month of one currency.")
    address = "https://rate.bot.com.tw/xrt/flcsv/0/"
    hosts = ("rate.bot.com.tw",)
    terms = _lt(
        "Source: Bank of Taiwan, for reference only. These are prices of one bank, and "
        "a transaction may be made at others."
    )
    documentation = "https://rate.bot.com.tw/xrt?Lang=en-US"
    unseen = _lt("A board with all of its currencies, its headers, English headings.")
    max_bytes = 4 * 1024 * 1024

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the newest board, with the day that its file's name says."""
        payload = client.get(f"{address}day", headers=BROWSER)
        named = client.received.get("Content-Disposition", "")
        found = _FILE.search(named)
        beside = {"date": date_in(found[1], "%Y%m%d")} if found else {}
        return Answer(payload, **beside)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the newest board, or the months of each currency wanted."""
        if newest_will_do(self.calendar, date_from, today):
            yield self.request(client, address, date_from, date_to, today)
            return
        for month in months(date_from, date_to):
            for code in self.wanted(client):
                path = f"{month:%Y-%m}/{code}"
                yield client.get(address + path, headers=BROWSER)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a board, whose day is ``hints["date"]``, or days of one currency."""
        if NOTHING in payload:
            raise NoQuotes(_lt("The bank has no rates of these days."))
        quotes = Quotes(self.code, self.base, hints)
        for code, day, figures in self._rows(payload):
            day = date_in(day, "%Y%m%d") if day else hinted_date(hints)
            # a zero says that it isn't traded
            figures = {k: figure for k, figure in figures.items() if figure.strip("0.")}
            quotes.add_each(code, figures, day, direction="base_per_foreign")
        return quotes.done()

    def _rows(self, payload: bytes) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield currency, day ("" without one) and figures by kind of each line."""
        lines = filter(any, parse_csv(payload, publisher=self.name))
        header = [name.strip() for name in next(lines, [])]
        # lines end in a comma that the heading of some files lacks
        width = len(header) - (header[-1:] == [""])
        if CODES.isdisjoint(header):
            raise not_ours(self.name)
        for line in lines:
            if not width <= len(line) <= width + 1:
                raise cut_off()
            code = day = side = ""
            figures = {}
            for name, cell in zip(header, map(str.strip, line), strict=False):
                if name in DAYS:
                    day = cell
                elif name in CODES:
                    code = cell
                elif name in SIDE:
                    side = SIDES.get(cell)
                elif name in COLUMNS and side:
                    figures[COLUMNS[name] + side] = cell
            if figures.keys() != {*self.kinds}:
                raise not_ours(self.name)
            yield code, day, figures
