"""What money is expected when: each amount once, on the day that is known best.

An amount is what is open of an item, in its own currency, exact; money that comes in is
above 0. Promises and plans say when part of it comes, never how much there is: the
parts of an item add up to it, whatever was promised.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

#: What customers owe, by what is known of its day ...
RECEIVABLE = ("promised", "expected", "due", "overdue")
#: ... and all there is, in the order in which it is read.
KINDS = (*RECEIVABLE, "credit", "planned", "order", "payable", "purchase", "forward")
#: How an item comes in that customers owe, before it is placed.
OWED = "receivable"


class Item(NamedTuple):
    """What is open of a document."""

    key: Hashable
    kind: str  # OWED, or one of KINDS that stays
    amount: Decimal
    due: date | None
    expected: date | None = None  # due, and the days after it on which it usually comes


class Promise(NamedTuple):
    """What was said of some items: so much of them, on that day."""

    key: Hashable
    amount: Decimal
    day: date
    items: Sequence[Hashable]  # in the order in which they are paid


class Part(NamedTuple):
    """Part of an item, where it counts."""

    item: Hashable
    kind: str
    day: date
    amount: Decimal
    is_late: bool  # due before today
    promise: Hashable | None = None


def place(item: Item, today: date) -> tuple[str, date]:
    """Return how, and on which day, an item counts of which nothing is promised.

    What customers owe comes when they usually pay, if that day is still to come; else
    on its due date; else nobody knows when: it is overdue. What is in a customer's
    favour is taken off now, as is what else is late.

    :return: (one of KINDS, today or later)
    """
    due = item.due or today
    if item.kind != OWED:
        return item.kind, max(due, today)
    if item.amount < 0:
        return "credit", max(due, today)
    if item.expected and item.expected >= today:
        return "expected", item.expected
    return ("due", due) if due >= today else ("overdue", today)


def forecast(
    items: Iterable[Item], promises: Iterable[Promise], today: date
) -> list[Part]:
    """Put each item where it counts, once.

    A promise takes its part of its items, in their order, as far as it goes and as
    something is left of them; a promised day that has passed is today, as long as the
    promise waits. What is promised beyond what is open is no money.

    :param promises: the older ones first; several of one item share what is open of it
    :return: parts, by item in the order given, what is promised first
    :raises KeyError: a promise of an item that isn't there
    """
    by_key: dict[Hashable, Item] = {item.key: item for item in items}
    rest = {key: item.amount for key, item in by_key.items()}
    parts: dict[Hashable, list[Part]] = {key: [] for key in by_key}
    for promise in promises:
        left, day = promise.amount, max(promise.day, today)
        for key in promise.items:
            taken = min(left, rest[key])
            if taken <= 0:
                continue
            is_late = _is_late(by_key[key], today)
            parts[key].append(Part(key, "promised", day, taken, is_late, promise.key))
            rest[key] -= taken
            left -= taken
    for key, item in by_key.items():
        if rest[key]:
            kind, day = place(item, today)
            parts[key].append(Part(key, kind, day, rest[key], _is_late(item, today)))
    return [part for found in parts.values() for part in found]


def _is_late(item: Item, today: date) -> bool:
    """Return whether an item was due before today, whatever is known of it since."""
    return item.due is not None and item.due < today


def split_order(
    amount: Decimal,
    planned: Iterable[tuple[date, Decimal]],
    terms: Sequence[tuple[date, Decimal]],
    step: Decimal,
) -> list[tuple[str, date, Decimal]]:
    """Split what isn't invoiced of an order over its plan, and what the plan leaves
    over the instalments of its payment terms.

    :param amount: not invoiced, above 0
    :param planned: (day, amount not invoiced yet) of instalments that were agreed
    :param terms: (day, share of what the plan leaves); the last one takes the rest
    :param step: the smallest amount of the currency
    :return: ('planned' or 'order', day, amount), which add up to the amount
    """
    parts, left = [], amount
    for day, wanted in planned:
        if (taken := min(left, wanted)) > 0:
            parts.append(("planned", day, taken))
            left -= taken
    if left <= 0:
        return parts
    *earlier, (last_day, _share) = terms
    rest = left
    for day, share in earlier:
        part = (left * share / step).to_integral_value() * step
        if taken := min(rest, part):
            parts.append(("order", day, taken))
            rest -= taken
    if rest:
        parts.append(("order", last_day, rest))
    return parts


def find_rate(
    rates: Sequence[tuple[date, float]], day: date
) -> tuple[date, float] | None:
    """Return the rate that holds on a day: the newest one that isn't after it.

    :param rates: (since, rate), the oldest first
    :return: (since, rate), or None before the first
    """
    held = None
    for since, rate in rates:
        if since > day:
            break
        held = since, rate
    return held


def total(parts: Iterable[Part]) -> Mapping[str, Decimal]:
    """Return the sums of parts by kind."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        sums[part.kind] = sums.get(part.kind, Decimal(0)) + part.amount
    return sums
