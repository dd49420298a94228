"""Rows of a list that may be sums of those above, whatever they are called."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

#: Fewer rows aren't added up: one that repeats another isn't its sum.
FEWEST = 2


@dataclass(slots=True)
class _Sum:
    """What some rows come to."""

    count: int = 0
    total: Decimal = field(default_factory=Decimal)


def find_sums(rows: Iterable[tuple[int, str, Decimal]]) -> set[int]:
    """Return the keys of rows that come to what the rows above them do: since the last
    sum, or all of them.

    :param rows: (key, currency, amount), in the order of the list

    >>> five, seven = Decimal("5.50"), Decimal("7.50")
    >>> rows = [(1, "usd", five), (2, "usd", seven), (3, "usd", Decimal(13))]
    >>> find_sums([*rows, (4, "eur", Decimal(13)), (5, "usd", Decimal(13))])
    {3, 5}
    """
    found: set[int] = set()
    begun: dict[Hashable, tuple[_Sum, _Sum]] = {}
    for key, currency, amount in rows:
        if not amount:
            continue
        recent, whole = begun.setdefault(currency, (_Sum(), _Sum()))
        if any(one.count >= FEWEST and one.total == amount for one in (recent, whole)):
            found.add(key)
            recent.count, recent.total = 0, Decimal()
            continue
        for one in (recent, whole):
            one.count += 1
            one.total += amount
    return found
