"""Whether a promise to pay was kept, by what came in.

Amounts are in the promise's currency, to its rounding.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

OPEN, KEPT, BROKEN, VOID = "open", "kept", "broken", "void"


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """What was promised, and what the books know of it."""

    amount: Decimal
    deadline: date  # the last day that money may bear
    in_time: Decimal  # money since the promise, dated from its day until then
    later: Decimal = Decimal(0)  # money dated after it
    owed: Decimal | None = None  # of the invoices, now; None: it is on no invoice
    unmatched: Decimal = Decimal(0)  # the customer's, in time, matched with nothing
    written: Decimal = Decimal(0)  # settled since by entries that are no money


def judge(figures: PromiseFigures, today: date) -> str:
    """Judge a promise.

    It is kept as soon as the money is there. It isn't broken while its day isn't over,
    nor while money waits at the bank that may be it. Where nothing is owed any more,
    what came in time kept it, what came later broke it; where no money came (a credit
    note, a cancelled invoice, money from before it), or more was written off than came,
    there is nothing left to be kept.

    :param today: where the company is
    :return: 'open', 'kept', 'broken' or 'void'
    """
    if figures.in_time >= figures.amount:
        return KEPT
    if figures.owed is not None and figures.owed <= 0:
        if figures.later > 0:
            return BROKEN
        paid = figures.in_time > 0 and figures.in_time >= figures.written
        return KEPT if paid else VOID
    if today <= figures.deadline:
        return OPEN
    if figures.unmatched >= figures.amount - max(figures.in_time, Decimal(0)):
        return OPEN
    return BROKEN
