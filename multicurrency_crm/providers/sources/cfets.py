"""Central parity of the renminbi (人民币汇率中间价), published by CFETS at 09:15.

Ten currencies are quoted as yuan for 1 of them (for 100 yen), the others as units for
1 yuan: each pair's name says which. INR, IDR, VND, BRL, TWD and PHP have no parity.
"""

import datetime
import re
from decimal import Decimal

from ...engine.calendars import Calendar
from ...engine.holidays import CHINA
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter
from ..errors import _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects
from ..registry import register
from ..spans import newest_will_do

NEWEST = "r/cms/www/chinamoney/data/fx/ccpr.json"
HISTORY = "ags/ms/cm-u-bk-ccpr/CcprHisNew"
#: days on a page of the history; larger pages are refused
PAGE_SIZE = 50
#: without a browser's name and a page of its own as referer the site answers 403
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/124.0.0.0"
#: "USD/CNY", "100JPY/CNY", "CNY/THB": what one (or 100) of the left costs in the right
_PAIR = re.compile(r"(10{0,4})?([A-Z]{3})/([A-Z]{3})")


@register
class ChinaForeignExchangeTradeSystem(Adapter):
    code = "cfets"
    name = _lt("China Foreign Exchange Trade System (central parity)")
    country = "CN"
    base = "CNY"
    kinds = ("mid",)
    currencies = frozenset(
        "USD EUR JPY HKD GBP AUD NZD SGD CHF CAD MOP MYR RUB ZAR KRW AED SAR HUF PLN "
        "DKK SEK NOK TRY MXN THB".split()
    )
    calendar = Calendar("Asia/Shanghai", datetime.time(9, 15), holidays=CHINA)
    max_age_days = 12
    first_day = datetime.date(2006, 1, 4)
    longest_range = 365
    min_interval = 2
    limits = _lt("Less than a year in a query; hasty repeats are turned away.")
    address = "https://www.chinamoney.com.cn/"
    hosts = ("www.chinamoney.com.cn",)
    legacy_tls = True
    terms = _lt(
        "Source: China Foreign Exchange Trade System, which publishes for the People's "
        "Bank of China. Ask it before you republish the rates."
    )
    documentation = "https://www.chinamoney.com.cn/chinese/bkccpr/"
    unseen = _lt("A history of all pairs at once, and its second page.")

    def request(self, client, address, date_from, date_to, today, page=1) -> bytes:
        """Download the newest day where that will do, else a page of the history."""
        headers = {"User-Agent": BROWSER, "Referer": f"{address}chinese/bkccpr/"}
        if newest_will_do(self.calendar, date_from, today):
            return client.get(address + NEWEST, headers=headers)
        # every pair: of a list, those that it misspells would be left out silently
        params = {"startDate": date_from, "endDate": date_to, "currency": ""}
        params |= {"pageNum": page, "pageSize": PAGE_SIZE}
        return client.get(address + HISTORY, params, headers)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the newest day, or every page of a history."""
        wanted = (client, address, date_from, date_to, today)
        yield (payload := self.request(*wanted))
        data, _records = self._open(payload)
        pages = 1 if "lastDate" in data else data.get("pageTotal")
        if not isinstance(pages, int | Decimal):
            raise not_ours(self.name)
        # a page holds a day at least, whatever the answer says
        for page in range(2, int(min(pages, (date_to - date_from).days + 1)) + 1):
            yield self.request(*wanted, page)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the newest day, or a page of the history."""
        quotes = Quotes(self.code, self.base, hints)
        data, records = self._open(payload)
        for record in records:
            day, pairs, figures = self._columns(data, record)
            for pair, figure in zip(pairs, figures, strict=True):
                match = _PAIR.fullmatch(str(pair))
                if not match or self.base not in match.groups():
                    raise not_ours(self.name)
                nominal, left, right = match.groups()
                way, code = "base_per_foreign", left
                if left == self.base:
                    way, code = "foreign_per_base", right
                quotes.add(code, figure, day, nominal=int(nominal or 1), direction=way)
        return quotes.done()

    def _open(self, payload: bytes) -> tuple[dict, list[dict]]:
        """Return the parts ``data`` and ``records`` of an answer that is no refusal."""
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        head, data, records = (answer.get(key) for key in ("head", "data", "records"))
        if not isinstance(head, dict) or not isinstance(data, dict):
            raise not_ours(self.name)
        if not records and (said := data.get("flagMessage") or head.get("rep_message")):
            raise said_instead(self.name, said)
        return data, objects(records)

    def _columns(self, data: dict, record: dict) -> tuple[datetime.date, list, list]:
        """Return the day of a record, and its pairs and figures, as many of each."""
        if "lastDate" in data:
            pair, figure = [record.get("vrtEName")], [record.get("price")]
            return iso_date(data["lastDate"]), pair, figure
        day, figures = iso_date(record.get("date")), record.get("values")
        # asked for one pair, "head" may name two, and "searchlist" names the one
        pairs = data.get("searchlist") or data.get("head")
        are_lists = isinstance(pairs, list) and isinstance(figures, list)
        if not are_lists or len(pairs) != len(figures):
            raise not_ours(self.name)
        return day, pairs, figures
