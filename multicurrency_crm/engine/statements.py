"""What a statement has to keep, and what changed between two: values in, values out.

Amounts are floats of a known currency, as monetary fields hold them; ``digits`` is how
many decimals that currency has.
"""

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
    """What was open of an item on a day, as a statement has it.

    ``key`` is the same on every statement: the journal item's id, or, of what is added
    up, a name.
    """

    key: object
    currency_id: int
    name: str
    residual: float
    booked: float


@dataclass(frozen=True)
class Change:
    """What of an item differs between two statements of the same day."""

    currency_id: int
    name: str
    before: float | None  # None: it wasn't there
    after: float | None  # None: it isn't there any more
    booked_before: float
    booked_after: float


@dataclass(frozen=True)
class Comparison:
    """What differs between two lists of open items."""

    changes: tuple[Change, ...]
    is_reallocated: bool  # the same sums of each currency: only matching changed


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
    for key in {**old, **new}:
        change = _compare_item(old.get(key), new.get(key))
        places = digits[change.currency_id]
        if _differs(change.before, change.after, places) or _differs(
            change.booked_before, change.booked_after, books
        ):
            changes.append(change)
    changes.sort(key=lambda change: (change.currency_id, change.name))
    return Comparison(tuple(changes), _keeps_sums(changes, digits, books))


def _compare_item(old: Item | None, new: Item | None) -> Change:
    item = new or old
    return Change(
        item.currency_id,
        item.name,
        old and old.residual,
        new and new.residual,
        old.booked if old else 0.0,
        new.booked if new else 0.0,
    )


def _differs(before: float | None, after: float | None, digits: int) -> bool:
    return round((before or 0.0) - (after or 0.0), digits) != 0


def _keeps_sums(changes: list[Change], digits: Mapping[int, int], books: int) -> bool:
    by_currency: dict[int, float] = {}
    booked = 0.0
    for change in changes:
        moved = (change.after or 0.0) - (change.before or 0.0)
        by_currency[change.currency_id] = by_currency.get(change.currency_id, 0) + moved
        booked += change.booked_after - change.booked_before
    return round(booked, books) == 0 and all(
        round(moved, digits[currency_id]) == 0
        for currency_id, moved in by_currency.items()
    )
