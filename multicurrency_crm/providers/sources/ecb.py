"""Euro foreign exchange reference rates of the European Central Bank.

Published on TARGET working days around 16:00 CET, as units of foreign currency
for 1 euro. Three files matter: the newest day, the last 90 days (XML) and all
days since 1999-01-04 (a CSV in a ZIP). A weekend leaves the files as they were.
The bank's SDMX service has any span, as CSV with a row for each rate.
"""

import datetime
from contextlib import suppress
from functools import partial

from ...engine.calendars import Calendar, target_holidays
from ...engine.rates import Quote
from ..base import Adapter, Answer
from ..errors import FormatError, NoQuotes, RequestRefused, _lt
from ..payloads import trimmed, unzip_one
from ..reading import Quotes
from ..registry import register
from .ecb_files import NOT_OURS, read_csv, read_sdmx, read_xml

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
        answer = client.get(f"{base}/{SERIES}", {"format": "csvdata", **span})
        return Answer(answer, series=SERIES)

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

        An empty answer is the SDMX service's way of saying that it has no rate. Columns
        that it leaves out are known from ``hints["series"]``, the key asked for.
        """
        if payload.startswith(b"PK\x03\x04"):
            payload = unzip_one(payload, ".csv", self.max_bytes, publisher=self.name)
        text = trimmed(payload)
        quotes = Quotes(self.code, self.base, hints)
        if text.startswith(b"<"):
            read = read_xml
        elif text.startswith(b"Date,") and text.isascii():
            read = read_csv
        elif b"TIME_PERIOD" in text.partition(b"\n")[0]:
            read = partial(read_sdmx, asked=str(hints.get("series") or ""))
        else:
            raise FormatError(NOT_OURS) if text else NoQuotes(NOT_OURS)
        read(text, quotes, self.name)
        return quotes.done()
