"""What makes a document of an old system a double of one that is known. Values in,
values out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .history import fold

#: Zeros before a number, which spreadsheet programs eat.
ZEROS = "(?<![0-9])0+(?=[0-9])"
#: What stands between the parts of a number: between two figures it tells them apart,
#: elsewhere it is a matter of taste.
BETWEEN = "(?<=[0-9])[-_/\\\\.,:#~ ]+(?=[0-9])"
BESIDE = "(?<![0-9])[-_/\\\\.,:#~ ]+|[-_/\\\\.,:#~ ]+(?![0-9])"
#: Steps of :func:`loosen`, for PostgreSQL, too: (pattern, what takes its place).
LOOSENING = ((ZEROS, ""), (BETWEEN, "-"), (BESIDE, ""))
#: How far two amounts are apart at most, by the larger one, that may be one amount at
#: two rates.
NEAR = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Known:
    """A document that is known already, and what is known of it.

    ``amounts``: what it may come to; None where another row of it is always asked
    about. ``day`` and ``due``: None where nothing is compared.
    """

    reason: str
    amounts: frozenset[Decimal] | None = None
    day: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A document whose number is nearly that of another one."""

    key: str  # its number, as folded
    currency: int
    booked: Decimal | None  # what it came to in company currency
    reason: str


def loosen(number: str | None) -> str:
    """Return the number of a document without what gets lost, or is written otherwise,
    on the way from one program to the other.

    >>> loosen("00123"), loosen("X-1"), loosen("INV/2026/00047"), loosen("1-01")
    ('123', 'x1', 'inv2026-47', '1-1')
    """
    found = fold(number)
    for pattern, instead in LOOSENING:
        found = re.sub(pattern, instead, found)
    return found


def is_other(known: Known, amount: Decimal, unit: Decimal, day, due) -> bool:
    """Return whether a row says something else of a document than is known of it.

    :param amount: what the row says is open
    :param unit: the smallest unit of its currency
    :param day, due: what the row itself says, None where it says nothing
    """
    if known.amounts is None:
        return True
    if not any(abs(one - amount) < unit / 2 for one in known.amounts):
        return True
    pairs = ((known.day, day), (known.due, due))
    return any(there and here and there != here for there, here in pairs)


def find_lookalike(
    key: str, currency: int, booked: Decimal | None, others: Iterable[Lookalike]
) -> Lookalike | None:
    """Return a document that may be the same: of nearly the same number in the same
    currency, or worth about the same in another one.

    :param key: the row's number, as folded
    :param currency: its currency's id
    :param booked: what it comes to in company currency, if known
    """
    for other in others:
        if other.currency == currency:
            if other.key != key:
                return other
        elif booked and other.booked:
            most = max(abs(booked), abs(other.booked))
            if abs(booked - other.booked) <= most * NEAR:
                return other
    return None
