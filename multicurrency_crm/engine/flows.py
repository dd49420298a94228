"""How money and open items went from one day to another, and whether that adds up:
values in, values out.

Amounts are decimals. A figure bears the sign by which it counts: what is received
adds to cash, and lowers what customers owe, where it is below 0. So every line is added
up from left to right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .revaluation import convert

ZERO = Decimal(0)
#: What is told of each currency, and the sign of it in the general ledger: what is owed
#: by us is above 0 here, and below 0 there.
SIGNS = {"cash": 1, "receivable": 1, "payable": -1}
#: Figures between opening and closing.
MOVES = ("invoiced", "credited", "received", "paid_out", "exchanged", "other")
#: What the general ledger has besides the per-currency ledger.
NAMED = ("valuation", "exchange", "booked_later", "to_clear", "moved")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is another one than before. ``key`` is whose it is."""

    key: tuple
    figure: str
    before: Decimal
    after: Decimal


def foot(figures: Mapping[str, Decimal]) -> Decimal:
    """Return what is there at the end: opening + all moves, by their signs.

    Receivables, USD: 1,000 + 500 invoiced − 200 received = 1,300.

    :param figures: by name; what is missing is 0
    """
    names = ("opening", *MOVES)
    return sum((figures.get(name, ZERO) for name in names), ZERO)


def find_rest(figures: Mapping[str, Decimal]) -> Decimal:
    """Return what is there at the end, and isn't explained: 0 where a line adds up."""
    return figures.get("closing", ZERO) - foot(figures)


def find_unexplained(parts: Mapping[str, Decimal]) -> Decimal:
    """Return what the general ledger has of an account and currency, and neither the
    per-currency ledger has nor a named difference explains: 0 where they tie out.

    :param parts: ``ledger``, ``booked`` and those of :data:`NAMED`, in company
        currency; what is missing is 0
    """
    named = sum((parts.get(name, ZERO) for name in NAMED), ZERO)
    return parts.get("ledger", ZERO) - parts.get("booked", ZERO) - named


def worth(amount: Decimal, rate: Decimal | None, step: Decimal) -> Decimal | None:
    """Return what an amount is worth in company currency, or None without a rate;
    nothing is worth nothing at any rate.

    :param rate: units of the amount's currency for 1 unit of company currency
    :param step: rounding of the company currency
    """
    if not amount:
        return ZERO
    return None if rate is None else convert(amount, rate, step)


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of values, or None where one of them isn't known."""
    found = ZERO
    for value in values:
        if value is None:
            return None
        found += value
    return found


def compare(
    before: Mapping[tuple, Mapping[str, Decimal]],
    after: Mapping[tuple, Mapping[str, Decimal]],
) -> list[Change]:
    """Compare the figures of two tables of the same days.

    :param before, after: {key: {figure: amount}}; what is missing is 0
    :return: [:class:`Change`], in the order of keys and figures
    """
    changes = []
    for key in sorted({*before, *after}):
        old, new = before.get(key, {}), after.get(key, {})
        for figure in dict.fromkeys((*old, *new)):
            pair = old.get(figure, ZERO), new.get(figure, ZERO)
            if pair[0] != pair[1]:
                changes.append(Change(key, figure, *pair))
    return changes
