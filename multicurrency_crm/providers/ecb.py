"""Euro foreign exchange reference rates of the European Central Bank.

Published on TARGET working days around 16:00 CET, as units of foreign currency
for 1 euro. Three files matter: the newest day, the last 90 days (XML) and all
days since 1999-01-04 (a CSV in a ZIP). A weekend leaves the files as they were.
The bank's SDMX service has any span, as CSV with a row for each rate.
"""

import datetime
import re
from collections.abc import Iterator
from contextlib import suppress

from ..engine.calendars import Calendar, target_holidays
from ..engine.rates import Quote
from .base import Adapter
from .errors import FormatError, NoQuotes, RequestRefused, _lt
from .payloads import parse_csv, parse_xml, unzip_one
from .reading import Quotes, english_date, iso_date, wrong_date
from .registry import register

DAILY = "eurofxref-daily.xml"
NINETY_DAYS = "eurofxref-hist-90d.xml"
HISTORY = "eurofxref-hist.zip"
SDMX = "https://data-api.ecb.europa.eu/service/data/EXR/"
#: daily, any currency, against the euro, spot, average
SERIES = "D..EUR.SP00.A"

#: the 90-day file reaches back this far from the day it was made
NINETY_DAYS_REACH = 89
#: for days further back the history is downloaded whole
SDMX_REACH = 730
#: how the files say that a currency has no rate that day
NO_FIGURE = ("", "N/A")
_FIGURE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
#: the columns that hold figures
_FIGURES = re.compile(r"[A-Z]{3}|OBS_VALUE")
#: the euro's first year: what is dated before is no reference rate
_FIRST_DAY = datetime.date(1999, 1, 1)
NOT_OURS = _lt(
    "This is not a file of the European Central Bank: take eurofxref-hist.zip or "
    "another of its reference rate files."
)
_GESMES = "{http://www.gesmes.org/xml/2002-08-01}"
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


@register
class EuropeanCentralBank(Adapter):
    code = "ecb"
    name = _lt("European Central Bank")
    country = "EU"
    base = "EUR"
    kinds = ("mid",)
    currencies = frozenset(
        "USD JPY CZK DKK GBP HUF PLN RON SEK CHF ISK NOK TRY AUD BRL CAD CNY HKD IDR "
        "ILS INR KRW MXN MYR NZD PHP SGD THB ZAR".split()
    )
    calendar = Calendar("Europe/Berlin", datetime.time(16), holidays=target_holidays)
    first_day = datetime.date(1999, 1, 4)
    address = "https://www.ecb.europa.eu/stats/eurofxref/"
    hosts = ("www.ecb.europa.eu", "data-api.ecb.europa.eu")
    terms = _lt(
        "Source: European Central Bank. The reference rates are published for "
        "information; the bank discourages their use for transactions."
    )
    documentation = (
        "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/"
        "euro_reference_exchange_rates/html/index.en.html"
    )
    unseen = _lt("The SDMX service, asked for spans of 91 days to two years.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the smallest file that covers the days wanted, or an SDMX answer.

        The SDMX service is asked where the address is one of it, and in place of the
        whole history where the address is the bank's own.
        """
        if "/service/data/EXR" in address:
            return self._sdmx(client, address, date_from, date_to)
        name = self.file_for(date_from, today)
        is_gap = name == HISTORY and (today - date_from).days <= SDMX_REACH
        if is_gap and address == self.address:
            # where it refuses, the history has these days too
            with suppress(RequestRefused):
                return self._sdmx(client, SDMX, date_from, date_to)
        if payload := client.get(address + name):
            return payload
        raise FormatError(NOT_OURS)

    @staticmethod
    def _sdmx(client, address, date_from, date_to) -> bytes:
        """Ask the SDMX service for a span, as CSV."""
        base = address.rstrip("/").removesuffix(SERIES).rstrip("/")
        span = {"startPeriod": date_from, "endPeriod": date_to}
        return client.get(f"{base}/{SERIES}", {"format": "csvdata", **span})

    @staticmethod
    def file_for(date_from: datetime.date, today: datetime.date) -> str:
        """Name the smallest file that holds every day from ``date_from`` on.

        The daily file holds one day only, and which one is known when it is open:
        it will do where at most one weekday lies between ``date_from`` and today.
        """
        age = (today - date_from).days
        weekdays = sum(
            (date_from + datetime.timedelta(days)).weekday() < 5
            for days in range(min(age, 7) + 1)
        )
        if weekdays <= 1:
            return DAILY
        return NINETY_DAYS if age <= NINETY_DAYS_REACH else HISTORY

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read any of the ECB's files: XML, CSV, or a ZIP with one CSV; or SDMX CSV.

        An empty answer is the SDMX service's way of saying that it has no rate.
        """
        if payload.startswith(b"PK\x03\x04"):
            payload = unzip_one(payload, ".csv", self.max_bytes, publisher=self.name)
        text = payload.lstrip(b"\xef\xbb\xbf \t\r\n")
        quotes = Quotes(self.code, self.base, hints)
        if text.startswith(b"<"):
            self._read_xml(text, quotes)
        elif text.startswith(b"Date,") and text.isascii():
            self._read_csv(text, quotes)
        elif b",TIME_PERIOD," in text.partition(b"\n")[0]:
            self._read_sdmx(text, quotes)
        else:
            raise FormatError(NOT_OURS) if text else NoQuotes(NOT_OURS)
        return quotes.done()

    def _read_xml(self, text: bytes, quotes: Quotes) -> None:
        """Read the daily, 90-day or full XML."""
        if b"<gesmes:Envelope" not in text or b"<!DOCTYPE" in text:
            raise FormatError(NOT_OURS)
        root = parse_xml(text, publisher=self.name)
        sender = root.findtext(f"{_GESMES}Sender/{_GESMES}name")
        if root.tag != f"{_GESMES}Envelope" or sender != "European Central Bank":
            raise FormatError(NOT_OURS)
        for cubes in root.iterfind(f"{_CUBE}/{_CUBE}"):
            day = self._day(cubes.get("time"))
            for cube in cubes.iterfind(_CUBE):
                self._add(quotes, cube.get("currency"), cube.get("rate", ""), day)

    def _read_csv(self, text: bytes, quotes: Quotes) -> None:
        """Read the daily CSV ("30 October 2026") or the history's (ISO dates).

        A column without figure (``N/A``, or nothing) gives no quote: a currency
        that has ended has quotes for the days of its life and none after.
        """
        for row in self._rows(text):
            day = self._day(row.pop("Date"))
            for code, figure in row.items():
                self._add(quotes, code, figure, day)

    def _read_sdmx(self, text: bytes, quotes: Quotes) -> None:
        """Read the SDMX service's CSV, which may hold other series as well."""
        for row in self._rows(text):
            series = row.get("FREQ"), row.get("EXR_TYPE"), row.get("EXR_SUFFIX")
            if series != ("D", "SP00", "A") or row.get("CURRENCY_DENOM") != self.base:
                raise FormatError(NOT_OURS)
            day = self._day(row.get("TIME_PERIOD"))
            quotes.add(row.get("CURRENCY"), row.get("OBS_VALUE"), day)

    def _rows(self, text: bytes) -> Iterator[dict[str, str]]:
        """The rows of a CSV file by the names of its columns."""
        header, *rows = parse_csv(text, publisher=self.name)
        # every line of a file ends in a comma: an empty name behind the last column
        names = [name.strip() for name in header]
        # where no comma follows the last figure, a line's end has to
        open_end = _FIGURES.fullmatch(names[-1]) and not text.endswith(b"\n")
        if len(set(names)) != len(names):
            raise FormatError(NOT_OURS)
        for row in filter(None, rows):
            if len(row) != len(names) or open_end:
                raise FormatError(_lt("The CSV file is cut off: download it again."))
            yield {n: cell.strip() for n, cell in zip(names, row, strict=True)}

    @staticmethod
    def _add(quotes: Quotes, code: str | None, figure: str, day: datetime.date) -> None:
        """Add a figure; the bank writes it with digits and a point, or not at all."""
        if figure not in NO_FIGURE:
            quotes.add(code, figure if _FIGURE.fullmatch(figure) else repr(figure), day)

    @staticmethod
    def _day(text: str | None) -> datetime.date:
        """Read ``2026-10-30`` or ``30 October 2026``.

        :raises FormatError: anything else, or a day before the euro
        """
        text = text or ""
        day = english_date(text) if " " in text else iso_date(text)
        if day < _FIRST_DAY:
            raise wrong_date(text)
        return day
