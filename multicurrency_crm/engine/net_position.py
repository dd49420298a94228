"""What a company holds, expects and owes in each foreign currency, month by month.

Amounts are in the foreign currency, unrounded, seen from the company: money that
comes in is positive, money that goes out negative. Rates are units of the currency
for 1 unit of company currency.
"""

import datetime
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

#: What makes up the exposure ...
EXPOSURE = (
    "bank",
    "in_transit",
    "receivable",
    "order_locked",
    "order_unlocked",
    "payable",
    "purchase",
)
#: ... and what covers it.
COVER = ("forward",)
KINDS = EXPOSURE + COVER


class Flow(NamedTuple):
    """An amount expected on a day; ``due`` is None for money that is there."""

    currency: Hashable
    due: datetime.date | None
    kind: str
    amount: float


@dataclass(slots=True)
class Position:
    """One currency in one month, or over all months.

    ``late`` is the part of each amount that was expected before today.
    """

    amounts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    late: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))

    @property
    def overdue(self) -> float:
        """What was expected before today, of all kinds."""
        return sum(self.late.values())

    @property
    def exposure(self) -> float:
        """Everything but the forwards."""
        return sum(self.amounts[kind] for kind in EXPOSURE)

    @property
    def net(self) -> float:
        """What the company still gains or loses with the currency."""
        return sum(self.amounts.values())

    @property
    def covered_share(self) -> float:
        """The share of the exposure that forwards take away: −forwards / exposure.

        1 is all of it, more is too much; negative where forwards add to the exposure,
        0 where there is none.
        """
        exposure = self.exposure
        return -self.amounts["forward"] / exposure if exposure else 0.0

    def add(self, kind: str, amount: float, is_late: bool = False) -> None:
        """Add an amount of a kind.

        :raises KeyError: no such kind
        """
        self.amounts[kind] += amount
        if is_late:
            self.late[kind] += amount


def month_of(
    due: datetime.date | None, today: datetime.date
) -> tuple[datetime.date, bool]:
    """Return the first day of the month in which money counts, and whether it is late.

    What is there already, and what is late, counts in the month of today.
    """
    is_late = due is not None and due < today
    counts = today if due is None or is_late else due
    return counts.replace(day=1), is_late


def gather(
    flows: Iterable[Flow], today: datetime.date
) -> dict[Hashable, dict[datetime.date, Position]]:
    """Put each flow where it counts.

    :return: positions by currency and first day of the month, months in order
    :raises KeyError: a flow of an unknown kind
    """
    found: dict[Hashable, dict[datetime.date, Position]] = {}
    for flow in flows:
        month, is_late = month_of(flow.due, today)
        months = found.setdefault(flow.currency, {})
        months.setdefault(month, Position()).add(flow.kind, flow.amount, is_late)
    return {key: dict(sorted(months.items())) for key, months in found.items()}


def total(positions: Iterable[Position]) -> Position:
    """Return all months of a currency as one."""
    result = Position()
    for position in positions:
        for kind, amount in position.amounts.items():
            result.amounts[kind] += amount
            result.late[kind] += position.late[kind]
    return result


def spread(
    amount: float, instalments: Sequence[tuple[datetime.date, float]]
) -> list[tuple[datetime.date, float]]:
    """Split an amount over instalments; the last one takes what is left.

    :param instalments: (due date, share of the amount); the last share isn't looked
        at, as in Odoo's payment terms
    :return: (due date, amount), which add up to the amount
    :raises ValueError: no instalment
    """
    if not instalments:
        raise ValueError("An amount needs one instalment at least.")
    *earlier, (last_due, _share) = instalments
    parts = [(due, amount * share) for due, share in earlier]
    return [*parts, (last_due, amount - sum(part for _due, part in parts))]


def value_at(amount: float, rate: float) -> float:
    """Return an amount at a rate above zero, in company currency, unrounded."""
    return amount / rate


def one_percent(amount: float, rate: float) -> float:
    """Return what the company gains if the currency falls by one percent.

    In company currency, unrounded. Negative, a loss, for a currency that it holds;
    positive for one that is owed. Adds up over months.
    """
    return -value_at(amount, rate) / 100
