"""PTAX rates of Banco Central do Brasil: reais for 1 unit, buying and selling.

Of the bulletins of a day only the closing one is PTAX, an average of the day's
polls. The parities in it are against the dollar, some currencies' upside down (type B),
and aren't read: the quotations in reais are for 1 unit of every currency. An answer
doesn't say of which currency it is: ``hints["currency"]`` does. CNY isn't among them.
"""

import datetime

from ...engine.calendars import ONE_DAY, Calendar
from ...engine.public_holidays import BRAZIL
from ...engine.rates import Quote
from ..answers import not_ours, said_instead
from ..base import Adapter, Answer
from ..errors import FormatError, RequestRefused, _lt
from ..payloads import parse_json
from ..reading import Quotes, iso_date, objects
from ..registry import register

SERVICE = (
    "CotacaoMoedaPeriodo(moeda=@moeda,dataInicial=@dataInicial,"
    "dataFinalCotacao=@dataFinalCotacao)"
)
#: until 2011 there was a closing of the interbank market too, which is no PTAX
CLOSING = ("fechamento", "fechamento ptax")
FIGURES = {"buy": "cotacaoCompra", "sell": "cotacaoVenda"}
#: quotations of days before it are in the money of those days
FIRST_DAY_OF_THE_REAL = datetime.date(1994, 7, 1)


@register
class CentralBankOfBrazil(Adapter):
    code = "bcb"
    name = _lt("Central Bank of Brazil (PTAX)")
    country = "BR"
    base = "BRL"
    kinds = ("buy", "sell")
    currencies = frozenset("USD EUR GBP JPY CAD CHF AUD DKK NOK SEK".split())
    calendar = Calendar("America/Sao_Paulo", datetime.time(13, 20), holidays=BRAZIL)
    first_day = FIRST_DAY_OF_THE_REAL
    longest_range = 366
    min_interval = 0.2
    limits = _lt("One currency in a request.")
    address = "https://olinda.bcb.gov.br/olinda/servico/PTAX/versao/v1/odata/"
    hosts = ("olinda.bcb.gov.br",)
    terms = _lt(
        "Source: Banco Central do Brasil, open data. PTAX is the closing bulletin's "
        "average; Brazilian tax and accounting rules name its buying or selling rate."
    )
    documentation = (
        "https://olinda.bcb.gov.br/olinda/servico/PTAX/versao/v1/documentacao"
    )
    unseen = _lt("Its refusals, and days with several bulletins.")

    def request(
        self, client, address, date_from, date_to, today, currency="USD"
    ) -> bytes:
        """Download the closing bulletins of one currency."""
        query = (
            f"@moeda='{currency}'",
            f"@dataInicial='{date_from:%m-%d-%Y}'",
            f"@dataFinalCotacao='{date_to:%m-%d-%Y}'",
            # a plus sign is no space to this service
            "$filter=tipoBoletim%20eq%20'Fechamento'",
            "$format=json",
        )
        address = f"{address}{SERVICE}?{'&'.join(query)}"
        return Answer(client.get(address), currency=currency)

    def payloads(self, client, address, date_from, date_to, today):
        """Download each currency that is wanted, unless no day is a working day."""
        if self.calendar.working_days_between(date_from - ONE_DAY, date_to):
            for currency in self.wanted(client):
                span = (date_from, date_to, today)
                yield self.request(client, address, *span, currency)

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read the closing bulletins of ``hints["currency"]``."""
        quotes = Quotes(self.code, self.base, hints)
        rows = self._rows(payload)
        currency = hints.get("currency")
        if not currency:
            raise FormatError(
                _lt("The answer doesn't say of which currency it is: fetch the rates.")
            )
        closing: dict[datetime.date, dict] = {}
        # a bulletin that was published again stands for the first
        for row in sorted(rows, key=lambda row: str(row.get("dataHoraCotacao"))):
            day = iso_date(row.get("dataHoraCotacao"))
            kind = row.get("tipoBoletim")
            if kind is None and day in closing:
                raise not_ours(self.name)
            if kind is None or str(kind).strip().lower() in CLOSING:
                closing[day] = row
        for day, row in closing.items():
            if not set(FIGURES.values()) & row.keys():
                raise not_ours(self.name)
            if day >= FIRST_DAY_OF_THE_REAL:
                for kind, name in FIGURES.items():
                    way = "base_per_foreign"
                    quotes.add(currency, row.get(name), day, direction=way, kind=kind)
        return quotes.done()

    def _rows(self, payload: bytes) -> list[dict]:
        """Return the bulletins of an answer that is no refusal."""
        answer = parse_json(payload, publisher=self.name)
        answer = answer if isinstance(answer, dict) else {}
        if said := answer.get("mensagem") or answer.get("error"):
            said = said.get("message") if isinstance(said, dict) else said
            raise said_instead(self.name, said, RequestRefused)
        if not isinstance(answer.get("value"), list):
            raise not_ours(self.name)
        return objects(answer["value"])
