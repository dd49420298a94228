"""What a statement has to keep, and what changed between two: values in, values out.

Amounts are floats of a known currency, as monetary fields hold them; ``digits`` is how
many decimals that currency has.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: Figures of a currency, and whether they add to what is open.
SIGNS = {
    "opening": 1,
    "invoiced": 1,
    "credited": -1,
    "paid": -1,
    "refunded": 1,
    "other": 1,
    "settled_elsewhere": 1,
}


class Item(NamedTuple):
    """What a statement has of an item on a day.

    ``key`` is the same on every statement: the journal item's id, or, of what is added
    up, a name. Of amounts, the first one is what is open; the others are compared, and
    not told.
    """

    key: object
    currency_id: int
    name: str
    amounts: tuple[float, ...]
    booked: tuple[float, ...]  # in the currency of the books
    # in both: what came in the time of the statement, which no matching changes
    came: tuple[float, float] = (0.0, 0.0)

    def has_come(self, digits: int, books: int) -> bool:
        """Return whether something came, to so many decimals."""
        own, booked = self.came
        return bool(round(own, digits) or round(booked, books))

    def is_any(self, digits: int, books: int) -> bool:
        """Return whether one of its amounts isn't 0, to so many decimals."""
        return (
            any(round(amount, digits) for amount in self.amounts)
            or any(round(amount, books) for amount in self.booked)
            or self.has_come(digits, books)
        )


@dataclass(frozen=True)
class Change:
    """What of an item differs between two statements of the same day."""

    currency_id: int
    name: str
    before: float | None  # what was open; None: it wasn't there
    after: float | None  # None: it isn't there any more
    booked_before: float
    booked_after: float


@dataclass(frozen=True)
class Comparison:
    """What differs between two lists of items."""

    changes: tuple[Change, ...]
    # something differs, and neither what came nor a sum: only matching changed
    is_reallocated: bool


def foot(figures: Mapping[str, float]) -> float:
    """Return what is open at the end, from what was open at the start and what came.

    closing = opening + invoiced − credited − paid + refunded + other
    + settled_elsewhere. USD: 0 + 1,100 − 0 − 0 + 0 + 0 − 977.78 = 122.22.

    :param figures: by the names of :data:`SIGNS`, unrounded
    """
    return sum(sign * figures[name] for name, sign in SIGNS.items())


def compare(
    before: Iterable[Item], after: Iterable[Item], digits: Mapping[int, int], books: int
) -> Comparison:
    """Compare what was open on a day, as two statements have it.

    :param digits: {currency id: decimals}
    :param books: decimals of the currency of the books
    :return: :class:`Comparison`, by currency and name
    """
    old = {(item.currency_id, item.key): item for item in before}
    new = {(item.currency_id, item.key): item for item in after}
    changes = []
    differences = []
    for key in {**old, **new}:
        pair = old.get(key), new.get(key)
        difference = _subtract(*pair)
        if difference.is_any(digits[key[0]], books):
            differences.append(difference)
            changes.append(_describe(*pair))
    changes.sort(key=lambda change: (change.currency_id, change.name))
    return Comparison(tuple(changes), _is_reallocated(differences, digits, books))


def _subtract(old: Item | None, new: Item | None) -> Item:
    """Return an item of the differences; one that isn't there has 0 of all."""
    item = new or old
    columns = {}
    for name in ("amounts", "booked", "came"):
        nothing = (0.0,) * len(getattr(item, name))
        former, later = (getattr(one, name) if one else nothing for one in (old, new))
        pairs = zip(former, later, strict=True)
        columns[name] = tuple(after - before for before, after in pairs)
    return item._replace(**columns)


def _is_reallocated(
    differences: list[Item], digits: Mapping[int, int], books: int
) -> bool:
    """Return whether only matching differs: neither what came, nor a sum.

    :param differences: what each item has more than before
    """
    sums: dict[tuple[int | None, int], float] = defaultdict(float)
    for difference in differences:
        currency_id = difference.currency_id
        if difference.has_come(digits[currency_id], books):
            return False
        for at, amount in enumerate(difference.amounts):
            sums[currency_id, at] += amount
        for at, amount in enumerate(difference.booked):
            sums[None, at] += amount
    return bool(differences) and not any(
        round(amount, books if currency_id is None else digits[currency_id])
        for (currency_id, _at), amount in sums.items()
    )


def _describe(old: Item | None, new: Item | None) -> Change:
    """Return what is told of an item; one of the two may be missing."""
    item = new or old
    return Change(
        item.currency_id,
        item.name,
        old and old.amounts[0],
        new and new.amounts[0],
        old.booked[0] if old else 0.0,
        new.booked[0] if new else 0.0,
    )
