"""Days as people write them, read by what their whole column shows.

``03/04/2024`` begins with the day or with the month: what says which is another cell
of the column that only one of them can read. Where none does, nobody guesses.
"""

import datetime
from dataclasses import dataclass, field
from typing import Literal

from .cells import Cell
from .numbers import Unreadable, Unsettled

Order = Literal["dmy", "mdy", "ymd"]


@dataclass(slots=True)
class DateEvidence:
    """What the cells of one column show of how its days are written.

    ``orders``: those that fit all cells with figures only: one settles it, several
    leave it open where ``ambiguous`` isn't 0, none says that the column contradicts
    itself. ``proof`` is the first row that left one order, ``proof_text`` its cell.
    ``stored`` counts dates of a workbook, ``texts`` those written, ``serials`` plain
    numbers that may be Excel's counts of days, ``joined`` those like 20240305,
    ``times`` cells with a time only, ``wrong`` what is neither a day nor empty.
    """

    orders: frozenset[Order] = frozenset({"dmy", "mdy", "ymd"})
    proof: int | None = None
    proof_text: str = ""
    against: int | None = None
    against_text: str = ""
    ambiguous: int = 0
    ambiguous_row: int | None = None
    ambiguous_text: str = ""
    stored: int = 0
    texts: int = 0
    serials: int = 0
    joined: int = 0
    times: int = 0
    short_years: int = 0
    wrong: int = 0
    epoch_1904: bool = False
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def order(self) -> Order | None:
        """Return the order that the column shows; None where it shows none."""
        return next(iter(self.orders)) if len(self.orders) == 1 else None


def day_of(
    evidence: DateEvidence, cell: Cell, *, order: Order | None = None
) -> datetime.date | Unsettled | Unreadable | None:
    """Read a day as its column shows; None for a cell that holds nothing.

    :param order: an answer that somebody gave; it counts more than the evidence
    """
    raise NotImplementedError
