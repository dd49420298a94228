"""What an adapter is: its declarations, one request and one pure parser."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from ..engine.calendars import ONE_DAY, Calendar
from ..engine.rate_sources import Publisher
from ..engine.rates import Quote
from .errors import NoQuotes, ProviderError, _lt
from .http import Client
from .reading import RefusedQuote

Applies = Literal["same", "next", "next_working"]
__all__ = ["Adapter", "Applies", "Publisher"]


class Answer(bytes):
    """A payload with what came beside it: hints for :meth:`Adapter.parse`.

    Made by adapters whose publisher's files don't say all, such as their day.
    """

    hints: dict[str, object]

    def __new__(cls, payload: bytes, **hints: object):
        answer = super().__new__(cls, payload)
        answer.hints = hints
        return answer


class Adapter(ABC):
    """One publisher of rates.

    Subclasses declare the class attributes, ask in :meth:`request` and read in
    :meth:`parse`; they keep no state and import nothing of Odoo. Register them
    with :func:`.registry.register`.
    """

    #: technical name, unique, stored on provider rows
    code: ClassVar[str]
    #: the publisher's name as people know it
    name: ClassVar[str]
    #: ISO 3166 code of the publisher's country, "EU", or "" for a service or a file
    country: ClassVar[str] = ""
    #: who publishes: an "authority" (a central bank, or who sets rates in its stead), a
    #: "tax" or customs office, a "bank" of its own prices, a "service", "constants", or
    #: one's "own" files; None: an authority if a country is named, else a service, or
    #: own files if nothing is asked online
    publisher: ClassVar[Publisher | None] = None
    #: ISO 4217 code against which the publisher quotes; "" where each quote says it
    base: ClassVar[str]
    #: kinds of quotes on offer, the usual one first
    kinds: ClassVar[tuple[str, ...]] = ("mid",)
    #: codes that the publisher quotes on each of its days, without the base; a quote of
    #: another is no less welcome; empty: it says so itself
    currencies: ClassVar[frozenset[str]] = frozenset()
    #: when it publishes
    calendar: ClassVar[Calendar] = Calendar("UTC", datetime.time(0))
    #: the day to whose books a quote belongs, as seen from the date written on it
    applies: ClassVar[Applies] = "same"
    #: how many days ahead of its own date the publisher dates its quotes
    ahead_days: ClassVar[int] = 0
    #: calendar days after which its newest quote is no news any more
    max_age_days: ClassVar[int] = 7
    #: the first day that it has, if known
    first_day: ClassVar[datetime.date | None] = None
    #: most days that one request may span; None: any number
    longest_range: ClassVar[int | None] = None
    #: days to go back at the first fetch, where each costs the user a request of a
    #: quota; None: as many as usual
    first_days: ClassVar[int | None] = None
    #: least seconds between two requests
    min_interval: ClassVar[float] = 0
    #: the publisher's limits in words, for people
    limits: ClassVar[str] = ""
    #: whether a key of the user is needed
    needs_key: ClassVar[bool] = False
    #: False for what is typed or uploaded, and never asked for over the network
    online: ClassVar[bool] = True
    #: whether its terms have to be accepted before it is used
    restricted: ClassVar[bool] = False
    #: whether a company in another currency reaches the base by its own booked rates:
    #: for constants, which say nothing of the market
    crosses_books: ClassVar[bool] = False
    #: where the files are; a database may replace it, on the hosts allowed
    address: ClassVar[str] = ""
    #: host names that may be asked
    hosts: ClassVar[tuple[str, ...]] = ()
    #: whether any host may be asked: the publisher is software for one's own server
    self_hosted: ClassVar[bool] = False
    #: what the publisher says on the use of its figures, to show beside them
    terms: ClassVar[str]
    #: the credit that the publisher asks for, word by word; "" if none
    attribution: ClassVar[str] = ""
    #: page where the publisher describes its service
    documentation: ClassVar[str]
    #: "" if a live payload was seen, else what was built from documents only
    unseen: ClassVar[str] = ""
    #: whether its server lacks secure renegotiation of TLS
    legacy_tls: ClassVar[bool] = False
    #: most bytes that a payload may have, as received and unpacked
    max_bytes: ClassVar[int] = 32 * 1024 * 1024

    @abstractmethod
    def request(
        self,
        client: Client,
        address: str,
        date_from: datetime.date,
        date_to: datetime.date,
        today: datetime.date,
    ) -> bytes:
        """Download the smallest payload that holds the days wanted.

        :param client: brings ``client.api_key`` where :attr:`needs_key`; which
            currencies are wanted says :meth:`wanted`
        :param address: base address, ending in a slash
        :param date_from: first day wanted, inclusive
        :param date_to: last day wanted, inclusive; the span is at most
            :attr:`longest_range` days
        :param today: what day it is for the publisher
        :raises ProviderError: see :mod:`.errors`
        """

    @abstractmethod
    def parse(self, payload: bytes, **hints: object) -> list[Quote]:
        """Read every quote of a payload, with the dates that the payload states.

        Pure: no network, no clock, no database. ``hints`` are what the payload
        doesn't say itself; an adapter ignores those it has no use for. A list under
        ``refused`` collects figures that can't be rates (:class:`RefusedQuote`);
        without it one such figure refuses the whole payload.

        :raises FormatError: not this publisher's payload, or a damaged one
        :raises PayloadTooLarge: it unpacks to more than :attr:`max_bytes`
        :raises NoQuotes: right in form, and empty
        """

    def payloads(
        self,
        client: Client,
        address: str,
        date_from: datetime.date,
        date_to: datetime.date,
        today: datetime.date,
    ) -> Iterator[bytes]:
        """Download the payloads of a span of at most :attr:`longest_range` days.

        One, unless the publisher spreads a span over pages, tables or currencies.
        """
        yield self.request(client, address, date_from, date_to, today)

    def wanted(self, client: Client) -> list[str]:
        """Return the currencies to ask for, in order, where they are asked for by name.

        Those that the client wants and the publisher quotes; where either doesn't say,
        those of the other. Never the base.

        :raises ProviderError: the publisher quotes none of those that are wanted
        """
        codes = client.currencies & self.currencies
        if not (client.currencies and self.currencies):
            codes = client.currencies | self.currencies
        if client.currencies and not codes - {self.base}:
            raise ProviderError(
                _lt(
                    "%(publisher)s quotes none of the currencies that are wanted here: "
                    "choose others, or another service."
                ),
                publisher=self.name,
            )
        return sorted(codes - {self.base})

    def fetch(
        self,
        client: Client,
        address: str,
        date_from: datetime.date,
        date_to: datetime.date,
        today: datetime.date,
        refused: list[RefusedQuote] | None = None,
        on_payload: Callable[[bytes], object] | None = None,
    ) -> list[Quote]:
        """Request and parse; return the quotes of ``date_from`` to ``date_to``.

        An empty list means that nothing is published for these days (yet).

        :param refused: collects figures that can't be rates; None: they raise
        :param on_payload: called with each payload as received, before it is parsed
        :raises ProviderError: see :meth:`request` and :meth:`parse`
        """
        address = address if address.endswith("/") else f"{address}/"
        hints = {} if refused is None else {"refused": refused}
        client.min_interval = self.min_interval
        try:
            return [
                quote
                for span in self._spans(date_from, date_to)
                for payload in self.payloads(client, address, *span, today)
                for quote in self._read(payload, hints, on_payload)
                if date_from <= quote.date <= date_to
            ]
        except ProviderError as error:
            # the client cleans its own errors; a payload may repeat the key as well
            client.mask.clean(error)
            raise

    def _read(
        self,
        payload: bytes,
        hints: dict,
        on_payload: Callable[[bytes], object] | None = None,
    ) -> list[Quote]:
        """Parse one payload of a fetch, in which nothing new is no failure."""
        if on_payload:
            on_payload(payload)
        beside = payload.hints if isinstance(payload, Answer) else {}
        try:
            return self.parse(payload, **beside, **hints)
        except NoQuotes:
            return []

    def _spans(
        self, date_from: datetime.date, date_to: datetime.date
    ) -> Iterator[tuple[datetime.date, datetime.date]]:
        """Cut a span into what one request may ask for, oldest first."""
        longest = self.longest_range or (date_to - date_from).days + 1
        while date_from <= date_to:
            last = min(date_to, date_from + datetime.timedelta(longest - 1))
            yield date_from, last
            date_from = last + ONE_DAY
