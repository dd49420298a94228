"""Exchange rates of Narodowy Bank Polski, as zloty for 1 unit (older files: for 100 …).

Table A holds the mid rates of every working day, B those of about 116 more currencies
on Wednesdays, C the bank's buying and selling rates. No currency is in both A and B.
"""

import datetime
from contextlib import suppress

from ...engine.calendars import Calendar
from ...engine.public_holidays import POLAND
from ...engine.rates import Quote
from ..base import Adapter
from ..errors import FormatError, NoQuotes, NotPublished, _lt
from ..payloads import decode, parse_json, parse_xml, trimmed
from ..quoted import NBP
from ..reading import Quotes, iso_date, objects, plain, units
from ..registry import register

#: each figure's name in the service's answers, and in the files that it had before
FIGURES = {
    "mid": ("Mid", "kurs_sredni"),
    "buy": ("Bid", "kurs_kupna"),
    "sell": ("Ask", "kurs_sprzedazy"),
}


@register
class NationalBankOfPoland(Adapter):
    code = "nbp"
    name = _lt("National Bank of Poland")
    country = "PL"
    base = "PLN"
    kinds = ("mid", "buy", "sell")
    currencies = NBP
    calendar = Calendar("Europe/Warsaw", datetime.time(12, 15), holidays=POLAND)
    max_age_days = 9  # table B comes once a week
    first_day = datetime.date(2002, 1, 2)
    longest_range = 93
    limits = _lt("93 days in a request; three requests (tables A, B and C) for a span.")
    address = "https://api.nbp.pl/api/exchangerates/"
    hosts = ("api.nbp.pl",)
    terms = _lt(
        "Source: Narodowy Bank Polski. Its mid rates are those of Polish tax and "
        "accounting law: as a rule the rate of the working day before the transaction."
    )
    documentation = "https://api.nbp.pl/en.html"
    unseen = _lt("Tables B and C, and a single currency, were built from documents.")

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Download table A of the days wanted."""
        return self._table(client, address, "A", date_from, date_to)

    def payloads(self, client, address, date_from, date_to, today):
        """Download the tables that there are; 404 says that there is none."""
        for table in "ABC":
            with suppress(NotPublished):
                yield self._table(client, address, table, date_from, date_to)

    @staticmethod
    def _table(client, address, table, date_from, date_to) -> bytes:
        """Download a table of the days wanted."""
        path = f"tables/{table}/{date_from}/{date_to}/"
        return client.get(address + path, {"format": "json"})

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read tables or one currency, in JSON, in XML, or in the older XML files."""
        quotes = Quotes(self.code, self.base, hints)
        start = trimmed(payload)
        if start.startswith((b"[", b"{")):
            self._read_json(quotes, payload)
        elif start.startswith(b"<"):
            self._read_xml(quotes, payload)
        elif start.startswith(b"404 NotFound"):
            raise NoQuotes(_lt("The bank has no rates of these days."))
        else:
            text = decode(start, publisher=self.name)
            if not text.startswith("400 BadRequest"):
                raise self._not_ours()
            raise FormatError(
                _lt("The bank answers “%(message)s”: ask for fewer days."),
                message=text.partition(" / ")[2][:100].strip() or text[:100],
            )
        return quotes.done()

    def _read_json(self, quotes: Quotes, payload: bytes) -> None:
        """Read tables, or one currency's rates, as JSON."""
        answer = parse_json(payload, publisher=self.name)
        for table in objects(answer if isinstance(answer, list) else [answer]):
            for rate in objects(table.get("rates")):
                day = iso_date(rate.get("effectiveDate", table.get("effectiveDate")))
                code = rate.get("code", table.get("code"))
                figures = {k: rate.get(tag.lower()) for k, (tag, _) in FIGURES.items()}
                self._add(quotes, code, day, figures)

    def _read_xml(self, quotes: Quotes, payload: bytes) -> None:
        """Read the same as XML, or an older file."""
        root = parse_xml(payload, publisher=self.name)
        if root.tag == "tabela_kursow":
            day = iso_date(root.findtext("data_publikacji"))
            for row in root.iterfind("pozycja"):
                figures = {k: plain(row.findtext(t)) for k, (_, t) in FIGURES.items()}
                nominal = units(row.findtext("przelicznik"))
                self._add(quotes, row.findtext("kod_waluty"), day, figures, nominal)
        elif root.tag in ("ArrayOfExchangeRatesTable", "ExchangeRatesSeries"):
            for table in root.iter("ExchangeRatesTable", "ExchangeRatesSeries"):
                for rate in table.iterfind("Rates/Rate"):
                    dated = table if rate.find("EffectiveDate") is None else rate
                    day = iso_date(dated.findtext("EffectiveDate"))
                    code = rate.findtext("Code", table.findtext("Code"))
                    figures = {k: rate.findtext(t) for k, (t, _) in FIGURES.items()}
                    self._add(quotes, code, day, figures)
        else:
            raise self._not_ours()

    def _add(self, quotes, code, day, figures, nominal=1) -> None:
        """Add a currency's figures by kind."""
        way = "base_per_foreign"
        quotes.add_each(code, figures, day, nominal=nominal, direction=way)

    @staticmethod
    def _not_ours() -> FormatError:
        """Return the error for an answer of another form."""
        return FormatError(
            _lt("This isn't an answer with rates of the bank of Poland.")
        )
