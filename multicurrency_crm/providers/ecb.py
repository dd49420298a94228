"""Euro foreign exchange reference rates of the European Central Bank.

Published on TARGET working days around 16:00 CET, as units of foreign currency
for 1 euro. Three files matter: the newest day, the last 90 days (XML) and all
days since 1999-01-04 (a CSV in a ZIP). A weekend leaves the files as they were.
"""

import csv
import datetime
import io
import re
import zipfile
import zlib
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from lxml import etree

from ..engine.calendars import Calendar, target_holidays
from ..engine.rates import Quote, RateError
from .base import Adapter
from .errors import FormatError, NoQuotes, PayloadTooLarge, _lt
from .registry import register

DAILY = "eurofxref-daily.xml"
NINETY_DAYS = "eurofxref-hist-90d.xml"
HISTORY = "eurofxref-hist.zip"

#: the 90-day file reaches back this far from the day it was made
NINETY_DAYS_REACH = 89
#: how the CSV files say that a currency has no rate that day
NO_RATE = ("", "N/A")
_CODE = re.compile(r"[A-Z]{3}")
#: more digits than any rate has are no figure but an attack, or a damaged file
_FIGURE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: the euro's first year: what is dated before is no reference rate
_FIRST_DAY = datetime.date(1999, 1, 1)
#: how much of a wrong figure or date a sentence repeats
_SHOWN = 40
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_GESMES = "{http://www.gesmes.org/xml/2002-08-01}"
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
#: strptime's %B follows the server's locale; the file is always in English
_MONTHS = {
    name: number
    for number, name in enumerate(
        "January February March April May June July August September October "
        "November December".split(),
        start=1,
    )
}


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
    hosts = ("www.ecb.europa.eu",)
    terms = _lt(
        "Source: European Central Bank. The reference rates are published for "
        "information; the bank discourages their use for transactions."
    )
    documentation = (
        "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/"
        "euro_reference_exchange_rates/html/index.en.html"
    )

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download the smallest of the three files that covers the days wanted."""
        return client.get(address + self.file_for(date_from, today))

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
        """Read any of the ECB's files: XML, CSV, or a ZIP with one CSV."""
        if payload.startswith(b"PK\x03\x04"):
            payload = self._unzip(payload)
        text = payload.lstrip(b"\xef\xbb\xbf \t\r\n")
        if text.startswith(b"<"):
            quotes = self._parse_xml(text)
        elif text.startswith(b"Date,"):
            quotes = self._parse_csv(text)
        else:
            raise self._not_ours()
        if not quotes:
            raise NoQuotes(_lt("The file of the European Central Bank holds no rate."))
        return quotes

    def _unzip(self, payload: bytes) -> bytes:
        """Return the one CSV of a ZIP, reading no further than the size limit."""
        try:
            with zipfile.ZipFile(io.BytesIO(payload)) as archive:
                files = [
                    info
                    for info in archive.infolist()
                    if info.filename.lower().endswith(".csv")
                ]
                # the bank's are deflated; other methods have errors of their own
                if len(files) != 1 or files[0].compress_type not in _ZIP_METHODS:
                    raise self._not_ours()
                # the sizes in the directory are the sender's word: read and count
                with archive.open(files[0]) as member:
                    content = member.read(self.max_bytes + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise FormatError(
                _lt("The ZIP file is damaged or incomplete: download it again.")
            ) from error
        if len(content) > self.max_bytes:
            raise PayloadTooLarge(
                _lt("The ZIP file unpacks to more than %(size)s MB: nothing was read."),
                size=self.max_bytes // 1024**2,
            )
        return content

    def _parse_xml(self, text: bytes) -> list[Quote]:
        """Read the daily, 90-day or full XML, without entities and network."""
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(text, parser)
        except etree.XMLSyntaxError as error:
            if b"</gesmes:Envelope>" in text or b"<gesmes:Envelope" not in text:
                raise self._not_ours() from error
            raise FormatError(
                _lt("The XML file is cut off: download it again.")
            ) from error
        sender = root.findtext(f"{_GESMES}Sender/{_GESMES}name")
        if (
            root.tag != f"{_GESMES}Envelope"
            or root.getroottree().docinfo.internalDTD is not None
            or sender != "European Central Bank"
        ):
            raise self._not_ours()
        return [
            self._quote(self._iso_date(day.get("time")), cube.get("currency"), rate)
            for day in root.iterfind(f"{_CUBE}/{_CUBE}")
            for cube in day.iterfind(_CUBE)
            if (rate := cube.get("rate", "")) != "N/A"
        ]

    def _parse_csv(self, text: bytes) -> list[Quote]:
        """Read the daily CSV ("30 October 2026") or the history's (ISO dates).

        A column without figure (``N/A``, or nothing) gives no quote: a currency
        that has ended has quotes for the days of its life and none after.
        """
        try:
            rows = csv.reader(io.StringIO(text.decode("ascii")), strict=True)
            # every line ends in a comma: an empty name behind the last column
            header = [name.strip() for name in next(rows)]
            quotes = []
            for row in rows:
                if not row:
                    continue
                if len(row) != len(header):
                    raise FormatError(
                        _lt("The CSV file is cut off: download it again.")
                    )
                day = self._any_date(row[0].strip())
                quotes += [
                    self._quote(day, code, figure.strip())
                    for code, figure in zip(header[1:], row[1:], strict=True)
                    if figure.strip() not in NO_RATE
                ]
        except (UnicodeDecodeError, csv.Error) as error:
            raise self._not_ours() from error
        return quotes

    def _quote(self, day: datetime.date, code: str | None, figure: str) -> Quote:
        """Build a quote, or refuse the whole file: one wrong figure means others."""
        shown = figure[:_SHOWN]
        try:
            if not _CODE.fullmatch(code or "") or not _FIGURE.fullmatch(figure):
                raise FormatError(
                    _lt(
                        "“%(figure)s” is no rate of a currency (“%(code)s”, %(date)s): "
                        "nothing of the file was read."
                    ),
                    figure=shown,
                    code=(code or "")[:_SHOWN],
                    date=day,
                )
            return Quote(
                base=self.base,
                currency=code,
                value=Decimal(figure),
                nominal=1,
                direction="foreign_per_base",
                date=day,
                kind="mid",
                source=self.code,
            )
        except (RateError, InvalidOperation) as error:
            raise FormatError(
                _lt(
                    "The file gives %(figure)s as the rate of %(code)s on %(date)s, "
                    "which can't be: nothing of it was read."
                ),
                figure=shown,
                code=code,
                date=day,
            ) from error

    def _any_date(self, text: str) -> datetime.date:
        """Read ``2026-10-30`` or ``30 October 2026``."""
        words = text.split()
        if len(words) == 3 and words[1] in _MONTHS and words[0].isdigit():
            text = f"{words[2]}-{_MONTHS[words[1]]:02}-{int(words[0]):02}"
        return self._iso_date(text)

    @staticmethod
    def _iso_date(text: str | None) -> datetime.date:
        """Read ``2026-10-30``.

        :raises FormatError: anything else, or a day before the euro
        """
        text = text or ""
        # fromisoformat alone reads 20260303 and 2026-W10-2 as well
        with suppress(ValueError):
            day = _DATE.fullmatch(text) and datetime.date.fromisoformat(text)
            if day and day >= _FIRST_DAY:
                return day
        raise FormatError(
            _lt("“%(text)s” is no date: nothing of the file was read."),
            text=text[:_SHOWN],
        )

    @staticmethod
    def _not_ours() -> FormatError:
        return FormatError(
            _lt(
                "This is not a file of the European Central Bank: take "
                "eurofxref-hist.zip or another of its reference rate files."
            )
        )
