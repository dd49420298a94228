"""Money that is announced for items, promised or under way, and what of each it pays.

Amounts are floats, or Decimals, of one currency a cover.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Amount = float | Decimal


@dataclass(frozen=True)
class Cover:
    """Money that is announced for items."""

    key: Hashable
    amount: Amount | None  # None: nobody knows how much of them it pays
    items: tuple[Hashable, ...]  # in the order in which they are paid


def spread(
    covers: Iterable[Cover], open_amounts: Mapping[Hashable, Amount]
) -> dict[Hashable, list[tuple[Hashable, Amount]]]:
    """Spread announced money over items, in their order, as far as it goes and as
    something is left of them.

    :param covers: the older ones first
    :param open_amounts: {item: what is open of it}; one that isn't there has nothing
    :return: {item: [(cover's key, amount)]} of those that get some

    >>> spread([Cover("x", 50, ("a", "b")), Cover("y", 9, ("b",))], {"a": 40, "b": 12})
    {'a': [('x', 40)], 'b': [('x', 10), ('y', 2)]}
    """
    rest = dict(open_amounts)
    found: dict[Hashable, list[tuple[Hashable, Amount]]] = {}
    for cover in covers:
        left = cover.amount
        for item in cover.items:
            had = rest.get(item, 0)
            taken = had if left is None else min(left, had)
            if taken <= 0:
                continue
            found.setdefault(item, []).append((cover.key, taken))
            rest[item] = had - taken
            left = None if left is None else left - taken
    return found
