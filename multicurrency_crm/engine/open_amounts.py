"""What a customer owes in one currency on a day, and what of it is late."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from .open_items import OpenItem

#: Kinds of items that are money, and no document that is due.
MONEY = ("payment", "advance")


@dataclass(frozen=True)
class OpenAmounts:
    """Sums of open items in one currency. ``in_favour`` is what the customer has with
    us that isn't matched yet, money and credit notes: below 0 where more was paid back.
    """

    not_due: float = 0.0
    overdue: float = 0.0
    disputed: float = 0.0
    in_favour: float = 0.0
    oldest_due: date | None = None  # of what is overdue
    total: float = 0.0  # owed less what is in the customer's favour


def place(item: OpenItem, day: date) -> str | None:
    """Return of which sum an item is a part.

    What is due on the day itself isn't overdue; what the customer disputes is neither;
    what is open in company currency only is none.

    :return: 'not_due', 'overdue', 'disputed' or 'in_favour'; None: of no sum
    """
    if not item.residual:
        return None
    if item.residual < 0 or item.kind in MONEY:
        return "in_favour"
    if item.disputed:
        return "disputed"
    return "overdue" if item.due < day else "not_due"


def add_up(
    items: Iterable[OpenItem], day: date, rounded: Callable[[float], float]
) -> OpenAmounts:
    """Add up open items of one currency on a day.

    :param rounded: rounds an amount of that currency

    >>> add_up([], date(2026, 3, 2), round).total
    0
    """
    sums = {"not_due": 0.0, "overdue": 0.0, "disputed": 0.0, "in_favour": 0.0}
    late = []
    for item in items:
        where = place(item, day)
        if where is None:
            continue
        # money that went back to the customer, unmatched, lessens what it has with us
        sums[where] += -item.residual if where == "in_favour" else item.residual
        if where == "overdue":
            late.append(item.due)
    sums = {name: rounded(amount) for name, amount in sums.items()}
    owed = sums["not_due"] + sums["overdue"] + sums["disputed"]
    return OpenAmounts(
        **sums,
        oldest_due=min(late, default=None),
        total=rounded(owed - sums["in_favour"]),
    )
