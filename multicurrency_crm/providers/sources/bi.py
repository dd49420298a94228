"""Transaction rates of Bank Indonesia, as rupiah for 1 or 100 units.

What the bank buys and sells at, from 08:00 on working days; it publishes no middle. Its
web service answers with one currency at a time. What a person saves of the site's own
search page is read too, for the days on which the service keeps silent.
"""

import datetime

from lxml import etree

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..answers import bare, not_ours
from ..base import Adapter
from ..errors import _lt
from ..pages import BROWSER
from ..payloads import parse_xml
from ..reading import Quotes, iso_date, units
from ..registry import register
from .bi_page import is_page, read_page

FIGURES = {"buy": "beli_subkurslokal", "sell": "jual_subkurslokal"}


@register
class BankIndonesia(Adapter):
    code = "bi"
    name = _lt("Bank Indonesia")
    country = "ID"
    base = "IDR"
    kinds = ("buy", "sell")
    currencies = frozenset(
        "AED AUD BND CAD CHF CNY DKK EUR GBP HKD JPY KRW KWD LAK MYR NOK NZD PGK PHP "
        "SAR SEK SGD THB USD VND".split()
    )
    calendar = Calendar("Asia/Jakarta", datetime.time(10))
    max_age_days = 12  # the days off around Lebaran
    longest_range = 366
    min_interval = 1
    limits = _lt("One request for each currency.")
    address = "https://www.bi.go.id/biwebservice/wskursbi.asmx/"
    hosts = ("www.bi.go.id",)
    terms = _lt(
        "Source: Bank Indonesia. Transaction rates of the bank itself, with its margin "
        "in them; the terms of use are at bi.go.id."
    )
    documentation = "https://www.bi.go.id/en/statistik/informasi-kurs/transaksi-bi/"
    unseen = _lt("An answer without rates, a refusal, and how long a span may be.")

    def request(self, client, address, date_from, date_to, today, code="USD") -> bytes:
        """Download the days wanted of one currency."""
        params = {"mts": code, "startdate": date_from, "enddate": date_to}
        return client.get(f"{address}getSubKursLokal3", params, BROWSER)

    def payloads(self, client, address, date_from, date_to, today):
        """Download each currency that is wanted."""
        for code in self.wanted(client):
            yield self.request(client, address, date_from, date_to, today, code)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the web service's rows, or the table of a search page."""
        quotes = Quotes(self.code, self.base, hints)
        if is_page(payload):
            rows = read_page(payload, self.name)
        else:
            rows = self._rows(parse_xml(payload, publisher=self.name))
        for code, nominal, day, figures in rows:
            said = {"nominal": nominal, "direction": "base_per_foreign"}
            quotes.add_each(code, figures, day, **said)
        return quotes.done()

    def _rows(self, root: etree._Element):
        """Yield code, units, day and figures of each row of a data set."""
        if bare(root).tag != "DataSet" or root.find("diffgram") is None:
            raise not_ours(self.name)
        for row in root.iterfind("diffgram//Table"):
            if any(row.find(name) is None for name in FIGURES.values()):
                raise not_ours(self.name)
            code = (row.findtext("mts_subkurslokal") or "").strip()
            nominal = units(row.findtext("nil_subkurslokal"))
            day = iso_date(row.findtext("tgl_subkurslokal"))
            figures = {kind: row.findtext(name) for kind, name in FIGURES.items()}
            yield code, nominal, day, figures
