"""Daily exchange rates of the Bank of Canada, from its Valet service.

Averages of a business day, in Canadian dollars for 1 unit of the foreign currency, in
series named FXUSDCAD; published at 16:30 Eastern Time. Series that have ended stay in
the list of a group and have no values.
"""

import datetime
import re
from collections.abc import Iterator

from ...engine.calendars import Calendar
from ...engine.rates import Quote
from ..base import Adapter
from ..errors import FormatError, _lt
from ..payloads import cut_off, parse_csv, parse_json, parse_xml, trimmed
from ..reading import Quotes, iso_date
from ..registry import register

#: the series of one day; those of months and years have a letter more (FXMUSDCAD)
_SERIES = re.compile(r"FX([A-Z]{3})([A-Z]{3})")
Row = tuple[object, dict[str, object]]


@register
class BankOfCanada(Adapter):
    code = "boc_valet"
    name = _lt("Bank of Canada")
    country = "CA"
    base = "CAD"
    kinds = ("mid",)
    currencies = frozenset(
        "AUD BRL CHF CNY EUR GBP HKD IDR INR JPY KRW MXN NOK NZD PEN RUB SAR SEK SGD "
        "TRY TWD USD ZAR".split()
    )
    calendar = Calendar("America/Toronto", datetime.time(16, 30))
    first_day = datetime.date(2017, 1, 3)
    address = "https://www.bankofcanada.ca/valet/"
    hosts = ("www.bankofcanada.ca",)
    terms = _lt(
        "Source: Bank of Canada. The rates are indicative; the bank's terms of use "
        "are at bankofcanada.ca/terms."
    )
    documentation = "https://www.bankofcanada.ca/valet/docs"
    unseen = _lt("The CSV and XML forms; the JSON form is what is asked for.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the group of all currencies; it has been seen to ignore dates."""
        params = {"start_date": date_from, "end_date": date_to}
        return client.get(address + "observations/group/FX_RATES_DAILY/json", params)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read observations of a group or of single series, as JSON, XML or CSV."""
        quotes = Quotes(self.code, self.base, hints)
        text = trimmed(payload)
        read = {b"{": self._from_json, b"<": self._from_xml}
        rows = list(read.get(text[:1], self._from_csv)(text))
        named = False
        for day, figures in rows:
            day = iso_date(day)
            for series, figure in figures.items():
                pair = _SERIES.fullmatch(series)
                if not pair or self.base not in pair.groups():
                    continue
                named = True
                currency, base = pair.groups()
                direction = "base_per_foreign"
                if currency == self.base:
                    currency, direction = base, "foreign_per_base"
                quotes.add(currency, figure, day, direction=direction)
        if rows and not named:
            raise self._not_ours()
        return quotes.done()

    def _from_json(self, text: bytes) -> Iterator[Row]:
        """Yield date and figures by series of each observation."""
        answer = parse_json(text, publisher=self.name)
        if isinstance(message := answer.get("message"), str):
            raise FormatError(
                _lt("The Bank of Canada answers “%(message)s” instead of rates."),
                message=" ".join(message.split())[:200],
            )
        rows = answer.get("observations")
        if not isinstance(rows, list):
            raise self._not_ours()
        for row in rows:
            if not isinstance(row, dict):
                raise self._not_ours()
            day = row.pop("d", None)
            yield (
                day,
                {s: v.get("v") if isinstance(v, dict) else v for s, v in row.items()},
            )

    def _from_xml(self, text: bytes) -> Iterator[Row]:
        """Yield the same of each ``<o d="…"><v s="FXUSDCAD">1.37</v></o>``."""
        root = parse_xml(text, publisher=self.name)
        if root.tag != "data" or root.find("observations") is None:
            raise self._not_ours()
        for row in root.iterfind("observations/o"):
            yield row.get("d"), {v.get("s", ""): v.text for v in row.iterfind("v")}

    def _from_csv(self, text: bytes) -> Iterator[Row]:
        """Yield the same of each line of the last table, behind "OBSERVATIONS"."""
        rows = iter(parse_csv(text, publisher=self.name))
        if not any(row[:1] == ["OBSERVATIONS"] for row in rows):
            raise self._not_ours()
        header = next(rows, [])
        if header[:1] != ["date"]:
            raise self._not_ours()
        for row in filter(None, rows):
            if len(row) != len(header) or not text.endswith(b"\n"):
                raise cut_off()
            yield row[0], dict(zip(header[1:], row[1:], strict=True))

    @staticmethod
    def _not_ours() -> FormatError:
        """Return the error for an answer of another form."""
        return FormatError(
            _lt("This isn't an answer with daily exchange rates of the Bank of Canada.")
        )
