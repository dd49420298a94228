"""Whether a promise to pay was kept, by what came in.

Amounts are in the promise's currency, to its rounding.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
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


def spread(
    words: Iterable[tuple[Decimal, Sequence[Hashable]]],
    owed: Mapping[Hashable, Decimal],
) -> dict[Hashable, Decimal]:
    """Spread what was said over what is open: each word takes of its documents, in
    their order, what is left of them, as far as it goes.

    :param words: (amount, keys of documents in the order in which they are paid)
    :param owed: what is open of each document; one that isn't there has nothing open
    :return: {key: amount, at most what is owed} of those of which something is taken

    >>> spread([(Decimal(50), ["a", "b"]), (Decimal(9), ["b"])],
    ...        {"a": Decimal(40), "b": Decimal(12)})
    {'a': Decimal('40'), 'b': Decimal('12')}
    """
    taken: dict[Hashable, Decimal] = {}
    for amount, keys in words:
        left = amount
        for key in keys:
            had = taken.get(key, Decimal(0))
            part = min(left, owed.get(key, Decimal(0)) - had)
            if part > 0:
                taken[key] = had + part
                left -= part
    return taken
