"""Frankfurter, a free service and software for a server of one's own.

Version 1 hands on the European Central Bank's reference rates; version 2, at an address
that ends in ``/v2/``, blends those of many central banks into one figure a day.
"""

import datetime
import re
from collections.abc import Iterator

from ...engine.calendars import Calendar, target_holidays
from ...engine.rates import Quote
from ..base import Adapter
from ..errors import FormatError, NoQuotes, NotPublished, RequestRefused, _lt
from ..payloads import cut_off, parse_csv, parse_json, trimmed
from ..reading import Quotes, iso_date
from ..registry import register
from .ecb import EuropeanCentralBank

#: labels that are no currency: indexes, and units with more than three characters
_NO_CURRENCY = re.compile(r"TWI|[A-Z]*[0-9][A-Z0-9]*|[A-Z]{4,}")
_MISSING = "not found"
_PAIR = {"date", "base", "quote", "rate"}
#: units of the base that version 1 can be asked to convert
_UNITS = re.compile(r"(10{0,6})(?:\.0+)?")


@register
class Frankfurter(Adapter):
    code = "frankfurter"
    name = _lt("Frankfurter")
    base = "EUR"
    currencies = EuropeanCentralBank.currencies  # version 2 has many more
    calendar = Calendar("Europe/Berlin", datetime.time(17), holidays=target_holidays)
    first_day = datetime.date(1999, 1, 4)
    # older versions on one's own server give longer spans by the week
    longest_range = 90
    limits = _lt("None is stated; too many requests are turned away.")
    address = "https://api.frankfurter.dev/v1/"
    hosts = ("api.frankfurter.dev",)
    self_hosted = True
    terms = _lt(
        "Free to use, without warranty. Version 1 hands on the European Central Bank's "
        "reference rates, whose terms hold. Version 2 (an address that ends in /v2/) "
        "blends the rates of many central banks: its figures are no bank's."
    )
    documentation = "https://frankfurter.dev/"
    unseen = _lt("Version 2, and the spans and errors of version 1.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download a span of days, of version 1 or 2 as the address says."""
        if address.endswith("/v2/"):
            address += f"rates?base={self.base}&from={date_from}&to={date_to}"
        else:
            address += "" if address.endswith("/v1/") else "v1/"
            address += "..".join(map(str, sorted({date_from, date_to})))
        try:
            return client.get(address)
        except NotPublished as error:
            if _MISSING not in error.body:
                raise
            return error.body.encode()

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read rates of version 1, or of version 2 as JSON, NDJSON or CSV."""
        quotes = Quotes(self.code, self.base, hints)
        for answer in self._answers(payload):
            base = answer.get("base") if isinstance(answer, dict) else None
            if not isinstance(base, str):
                raise self._refusal(answer)
            for day, code, figure, units in self._figures(answer):
                if not _NO_CURRENCY.fullmatch(code):
                    quotes.add(code, figure, iso_date(day), nominal=units, base=base)
        return quotes.done()

    def _answers(self, payload: bytes) -> list[object]:
        """Return the objects of an answer: one, a list, lines, or rows of a CSV."""
        text = trimmed(payload).rstrip(b" \t\r\n")
        if text.startswith(b"date,base,quote,rate"):
            header, *rows = parse_csv(text, publisher=self.name)
            # half of a figure is a figure: only the line's end says that it is whole
            if rows and not payload.endswith(b"\n"):
                raise cut_off()
            return [dict(zip(header, row, strict=False)) for row in rows]
        lines = text.splitlines()
        if lines and all(line[:1] + line[-1:] == b"{}" for line in lines):
            return [parse_json(line, publisher=self.name) for line in lines]
        answer = parse_json(text, publisher=self.name)
        return answer if isinstance(answer, list) else [answer]

    def _figures(self, answer: dict) -> Iterator[tuple[object, str, object, int]]:
        """Yield day, currency, figure and units of the base."""
        if _PAIR <= answer.keys():
            yield answer["date"], str(answer["quote"]), answer["rate"], 1
            return
        rates = answer.get("rates")
        units = _UNITS.fullmatch(str(answer.get("amount", 1)))
        days = rates if "start_date" in answer else {str(answer.get("date")): rates}
        if not isinstance(days, dict) or not units:
            raise self._refusal(answer)
        for day, figures in days.items():
            if not isinstance(figures, dict):
                raise self._refusal(answer)
            for currency, figure in figures.items():
                yield day, currency, figure, int(units[1])

    @staticmethod
    def _refusal(answer: object) -> FormatError | NoQuotes | RequestRefused:
        """Return the error that fits what the service says instead of rates."""
        message = answer.get("message") if isinstance(answer, dict) else None
        if not isinstance(message, str):
            return FormatError(
                _lt(
                    "This isn't an answer of Frankfurter with rates: check the address."
                )
            )
        if _MISSING in message:
            return NoQuotes(_lt("Frankfurter has no rates of these days."))
        return RequestRefused(
            _lt("Frankfurter answers “%(message)s”: check the address."),
            message=" ".join(message.split())[:200],
        )
