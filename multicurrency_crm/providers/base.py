"""What an adapter is: a few declarations, one request and one pure parser."""

import datetime
from abc import ABC, abstractmethod
from typing import ClassVar

from ..engine.rates import Quote
from .http import Client


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
    #: ISO 3166 code of the publisher's country, or "EU"
    country: ClassVar[str]
    #: ISO 4217 code against which the publisher quotes
    base: ClassVar[str]
    #: kinds of quotes on offer, the usual one first
    kinds: ClassVar[tuple[str, ...]] = ("mid",)
    #: codes that the publisher quotes today, without the base
    currencies: ClassVar[frozenset[str]]
    #: where the files are; a database may replace it, on the hosts allowed
    address: ClassVar[str]
    #: host names that may be asked
    hosts: ClassVar[tuple[str, ...]]
    #: what the publisher says on the use of its figures, to show beside them
    terms: ClassVar[str]
    #: page where the publisher describes its service
    documentation: ClassVar[str]
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

        :param address: base address, ending in a slash
        :param date_from: first day wanted, inclusive
        :param date_to: last day wanted, inclusive
        :param today: what day it is
        :raises ProviderError: see :mod:`.errors`
        """

    @abstractmethod
    def parse(self, payload: bytes, **hints: object) -> list[Quote]:
        """Read every quote of a payload, with the dates that the payload states.

        Pure: no network, no clock, no database. ``hints`` are what the payload
        doesn't say itself; an adapter ignores those it has no use for.

        :raises FormatError: not this publisher's payload, or a damaged one
        :raises PayloadTooLarge: it unpacks to more than :attr:`max_bytes`
        :raises NoQuotes: right in form, and empty
        """

    def fetch(
        self,
        client: Client,
        address: str,
        date_from: datetime.date,
        date_to: datetime.date,
        today: datetime.date,
    ) -> list[Quote]:
        """Request and parse; the quotes of ``date_from`` to ``date_to``, inclusive.

        An empty list means that nothing is published for these days (yet).

        :raises ProviderError: see :meth:`request` and :meth:`parse`
        """
        address = address if address.endswith("/") else f"{address}/"
        payload = self.request(client, address, date_from, date_to, today)
        return [
            quote for quote in self.parse(payload) if date_from <= quote.date <= date_to
        ]
