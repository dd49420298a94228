"""Daily exchange rates of the Banca d'Italia, against the euro.

The European System of Central Banks agrees on the major ones; a hundred more are made
for Italian law. One request brings a day, with a row for each country of a currency.
"""

import datetime
from collections.abc import Iterator

from ...engine.calendars import Calendar, target_holidays
from ...engine.rates import Quote
from ..errors import FormatError, _lt
from ..payloads import parse_csv, parse_json, trimmed
from ..quoted import BANCA_ITALIA
from ..reading import Quotes, iso_date
from ..registry import register
from ..spans import DayByDay

#: how its rates against the euro are quoted, in English and in Italian
_ENGLISH = "foreign currency amount for 1 euro"
_ITALIAN = "quantita' di valuta estera per 1 euro"
_FIRST_COLUMN = ("Country", "Paese")
_FIELDS = ("isoCode", "avgRate", "exchangeConvention", "referenceDate")


@register
class BancaDItalia(DayByDay):
    code = "banca_italia"
    name = _lt("Banca d'Italia")
    country = "IT"
    base = "EUR"
    currencies = BANCA_ITALIA
    calendar = Calendar("Europe/Rome", datetime.time(17, 30), holidays=target_holidays)
    first_day = datetime.date(1999, 1, 4)
    min_interval = 0.5
    limits = _lt("One request for each day.")
    address = "https://tassidicambio.bancaditalia.it/terzevalute-wf-web/rest/v1.0/"
    hosts = ("tassidicambio.bancaditalia.it",)
    terms = _lt(
        "Source: Banca d'Italia. Outside of the cases that Italian law names the rates "
        "are indicative; the bank answers for no other use, and they are no benchmark "
        "under Regulation (EU) 2016/1011."
    )
    documentation = "https://tassidicambio.bancaditalia.it/"
    unseen = _lt("The JSON form; the CSV form is what is asked for.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download one day's rates of all currencies, as CSV."""
        params = {"referenceDate": date_from, "currencyIsoCode": "EUR", "lang": "en"}
        return client.get(address + "dailyRates", params, {"Accept": "text/csv"})

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read ``dailyRates``, as CSV or JSON, in English or Italian."""
        quotes = Quotes(self.code, self.base, hints)
        text = trimmed(payload)
        rows = self._from_json(text) if text[:1] == b"{" else self._from_csv(text)
        for code, figure, convention, day in rows:
            if code == self.base:
                continue
            if convention.strip(" .").lower() not in (_ENGLISH, _ITALIAN):
                raise FormatError(
                    _lt("“%(convention)s” isn't a known way of quoting a rate."),
                    convention=convention[:40],
                )
            quotes.add(code, figure, iso_date(day))
        return self._once(quotes.done())

    @staticmethod
    def _once(quotes: list[Quote]) -> list[Quote]:
        """Keep one quote for the currency of several countries."""
        known: dict[tuple, Quote] = {}
        for quote in quotes:
            first = known.setdefault((quote.currency, quote.date), quote)
            if first.value != quote.value:
                raise FormatError(
                    _lt("%(code)s has two rates: nothing of the answer was read."),
                    code=quote.currency,
                )
        return list(known.values())

    def _from_csv(self, text: bytes) -> Iterator[tuple]:
        """Yield code, figure, convention and date of each row, up to a notice."""
        # the notice is prose, with commas and quotation marks as they come
        table = b"\n".join(
            line for line in text.splitlines() if line.strip() and line[:1] != b"#"
        )
        rows = iter(parse_csv(table, publisher=self.name))
        header = next(rows, [""])
        if header[0] not in _FIRST_COLUMN or len(header) != 7:
            raise self._not_ours()
        for row in rows:
            if len(row) != len(header):
                raise self._not_ours()
            yield row[2], row[4], row[5], row[6]

    def _from_json(self, text: bytes) -> Iterator[tuple]:
        """Yield the same of each object under ``rates``, as many as are announced."""
        answer = parse_json(text, publisher=self.name)
        rows, info = answer.get("rates"), answer.get("resultsInfo")
        if not isinstance(rows, list) or not isinstance(info, dict):
            raise self._not_ours()
        for row in rows:
            if not isinstance(row, dict) or not set(_FIELDS) <= row.keys():
                raise self._not_ours()
            code, figure, convention, day = (row[field] for field in _FIELDS)
            yield code, figure, str(convention), day
        if info.get("totalRecords", len(rows)) != len(rows):
            raise self._not_ours()

    @staticmethod
    def _not_ours() -> FormatError:
        """Return the error for an answer of another form."""
        return FormatError(
            _lt("This isn't a whole answer of the Banca d'Italia: try again later.")
        )
