"""What publishers of rates can bring into a company's books.

A publisher is known here by what it declares (:class:`Source`), a company by the
currencies that it trades in, the currency of its books and its country. The books take
one kind of rate, that of the first publisher asked: the others of a chain publish it
too.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Publisher = Literal["authority", "tax", "bank", "service", "constants", "own"]
Reason = Literal[
    "country",
    "issuer",
    "filler",
    "service",
    "constants",
    "board",
    "seldom",
    "key",
    "terms",
    "stand_in",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher, as far as the choice needs to know it.

    ``currencies``: what it quotes against ``base``, the base aside; empty where nobody
    knows. ``bridges``: constants, which reach books in another currency by the booked
    rate of the base. ``is_daily``: False for what comes by the week or the month.
    """

    code: str
    publisher: Publisher
    base: str
    kinds: tuple[str, ...] = ("mid",)
    currencies: frozenset[str] = frozenset()
    country: str = ""
    needs_key: bool = False
    restricted: bool = False
    bridges: bool = False
    is_daily: bool = True
    first_day: datetime.date | None = None

    @property
    def quoted(self) -> frozenset[str]:
        """Every currency that it can say something of, the base among them."""
        return self.currencies | ({self.base} if self.base else set())

    @property
    def is_open(self) -> bool:
        """Whether it may be asked without a key and without accepting terms."""
        return not (self.needs_key or self.restricted)


class Books(NamedTuple):
    """A company: currency of its books, country (ISO), currencies that it needs."""

    currency: str
    country: str
    wanted: frozenset[str]


class Link(NamedTuple):
    """One publisher of a chain.

    ``has``: the wanted currencies that it brings; ``adds``: those that none before it
    has.
    """

    source: Source
    reason: Reason | None
    has: frozenset[str]
    adds: frozenset[str]


class Chain(NamedTuple):
    """Publishers in their order, and what that leaves open.

    ``missing``: wanted, and brought by none; ``single``: brought by one alone.
    """

    kind: str
    links: tuple[Link, ...]
    missing: frozenset[str]
    single: frozenset[str]


def covers(
    source: Source, books: Books, known: Collection[str] = frozenset()
) -> frozenset[str]:
    """Return the wanted currencies that a publisher can bring into the books.

    Its quotes are crossed through its base, so it has to quote the books' currency or
    be based on it. Constants reach other books where the base is known already.

    :param known: currencies that others bring
    """
    others = books.wanted - {books.currency}
    if books.currency in source.quoted:
        return others & source.quoted
    if source.bridges and source.base in known:
        return others & source.currencies
    return frozenset()


def weigh(
    chosen: Iterable[tuple[Source, Reason | None]], books: Books, kind: str
) -> Chain:
    """Return what publishers bring in the order given, whoever has chosen them.

    :param kind: kind of rate that the books take; who doesn't publish it brings nothing
    """
    links: list[Link] = []
    count: Counter[str] = Counter()
    for source, reason in chosen:
        has = covers(source, books, count) if kind in source.kinds else frozenset()
        links.append(Link(source, reason, has, has - count.keys()))
        count.update(has)
    wanted = books.wanted - {books.currency}
    single = frozenset(code for code, times in count.items() if times == 1)
    return Chain(kind, tuple(links), wanted - count.keys(), single)
