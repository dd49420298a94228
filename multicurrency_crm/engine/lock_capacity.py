"""What orders take of a rate that was promised up to a cap, and what is left of it.

All amounts are in the currency of the promise, counted as its cap counts them (with tax
or without), and exact: Decimals, or integers of the smallest unit. What has no cap is
drawn all the same.

A promise is all locks that took each other's place: an agreement, and those at other
rates that superseded it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)

QUOTED, ORDERED, OVER = "quoted", "ordered", "over"
#: what a line of a posted document is
INVOICED, CREDITED, LATE, REBATED = "invoiced", "credited", "late", "rebated"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known of one order: its amount, and posted documents.

    :param stage: 'quoted', 'ordered', or 'over': cancelled, or not at this lock any
        more
    :param ordered: what the order comes to; below zero where it takes back
    :param invoiced: by posted invoices, down payments less what deducts them
    :param credited: of it, at its full price
    :param late: of what was credited, the part that was credited after the promise
        ended, and not invoiced again: it gives nothing back
    :param rebated: credited besides, which gives nothing back
    :param closed: nothing more is to be invoiced
    :param holds: it was sent, and is valid
    :param allowed: what a manager allowed this order to take beyond the cap
    """

    stage: str
    ordered: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    late: Decimal = ZERO
    rebated: Decimal = ZERO
    closed: bool = False
    holds: bool = False
    allowed: Decimal = ZERO

    @property
    def used(self) -> Decimal:
        """What was invoiced for good: rebates lower a price, and give nothing back."""
        return self.invoiced - self.credited + self.late

    @property
    def net(self) -> Decimal:
        """What is posted."""
        return self.invoiced - self.credited - self.rebated


@dataclass(frozen=True, slots=True)
class Taken:
    """What one order takes, or several do.

    :param drawn: for good
    :param reserved: until a quotation expires
    :param open: of what is promised, what isn't invoiced yet; below zero where an order
        takes back
    :param usable: of what was allowed beyond the cap, the part that these orders, each
        for itself, could need
    """

    drawn: Decimal = ZERO
    reserved: Decimal = ZERO
    open: Decimal = ZERO
    usable: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """What is drawn or reserved."""
        return self.drawn + self.reserved

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.drawn + other.drawn,
            self.reserved + other.reserved,
            self.open + other.open,
            self.usable + other.usable,
        )

    def __sub__(self, other: "Taken") -> "Taken":
        return Taken(
            self.drawn - other.drawn,
            self.reserved - other.reserved,
            self.open - other.open,
            self.usable - other.usable,
        )


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is left of a promise.

    :param overdraw: what orders take beyond the cap, as far as it was allowed to them
    :param available: below zero where more was taken than anybody allowed
    """

    overdraw: Decimal
    available: Decimal


def split_total(amounts: list[Decimal], total: Decimal, unit: Decimal) -> list[Decimal]:
    """Return the amounts with what they miss of a total, or exceed it by, spread over
    them: by their size, in whole units, so that they add up to it.

    :param unit: the smallest of the currency
    """
    off = total - sum(amounts)
    if not off or not amounts:
        return amounts
    weights = [abs(amount) for amount in amounts]
    if not any(weights):
        weights = [1] * len(amounts)
    whole, reached, given = sum(weights), ZERO, ZERO
    parts = []
    for amount, weight in zip(amounts, weights, strict=True):
        reached += weight
        upto = round(off * reached / whole / unit) * unit
        parts.append(amount + upto - given)
        given = upto
    return parts


def add_up_posted(lines: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Add up what was posted of an order, as ``OrderFacts`` has it.

    What is invoiced after a late credit note is first of all what that one credited: an
    invoice that is made anew counts once.

    :param lines: what each line of a posted document is, and its amount, in the order
        of their days; what credits is above zero
    """
    sums = dict.fromkeys((INVOICED, CREDITED, LATE, REBATED), ZERO)
    for kind, amount in lines:
        if kind == INVOICED:
            sums[LATE] -= min(max(amount, ZERO), sums[LATE])
        elif kind == LATE:
            left = max(sums[INVOICED] - sums[CREDITED], ZERO)
            sums[LATE] += min(amount, left)
        sums[CREDITED if kind == LATE else kind] += amount
    return sums


def take(facts: OrderFacts) -> Taken:
    """Return what an order takes.

    A quotation that was sent reserves its amount. The rule for an order in a sentence:
    it draws what is ordered, or what was invoiced less what was credited, if that is
    more, and once nothing more is to be invoiced, or it is over, the latter alone. So a
    credit note alone gives nothing back of what is still ordered, and could be invoiced
    again: what was credited is given back once it isn't ordered any more. Nothing is
    ever below zero, nor below what is posted, and what isn't posted changes nothing:
    1,000 ordered and invoiced, of which 300 were credited, draw 1,000, and 700 once the
    order is lowered to 700; raised to 1,000 again, they draw 1,000.
    """
    used = max(facts.used, ZERO)
    wanted = max(facts.ordered, used)
    if facts.stage == QUOTED:
        # what was ordered and invoiced before isn't promised a second time
        drawn, reserved = used, (wanted - used if facts.holds else ZERO)
        opened = _get_open(facts, wanted)
    elif facts.stage == ORDERED and not facts.closed:
        drawn, reserved = wanted, ZERO
        opened = _get_open(facts, wanted)
    else:
        drawn, reserved, opened = used, ZERO, ZERO
    allowed = ZERO if facts.stage == OVER else facts.allowed
    return Taken(drawn, reserved, opened, min(allowed, drawn + reserved))


def _get_open(facts: OrderFacts, wanted: Decimal) -> Decimal:
    """Return what of an order is yet to be invoiced, or, where it takes back, to be
    credited (below zero).

    :param wanted: what it comes to at least, invoiced or not
    """
    if facts.ordered < 0:
        return min(facts.ordered - facts.used, ZERO)
    return wanted - max(facts.used, ZERO)


def add_up(orders: Iterable[OrderFacts], besides: Decimal = ZERO) -> Taken:
    """Return what the orders of a promise take together.

    :param besides: posted at its rate, and of none of these orders, net
    """
    return sum(map(take, orders), Taken(drawn=max(besides, ZERO)))


def get_capacity(cap: Decimal, taken: Taken) -> Capacity:
    """Return what is left of a promise.

    What was allowed beyond the cap counts only as far as it is needed: 1,000 promised,
    300 of them drawn and 5,000 allowed leave 700.

    :param taken: by all its orders
    """
    excess = max(taken.held - cap, ZERO)
    overdraw = min(taken.usable, excess)
    return Capacity(overdraw, cap + overdraw - taken.held)


def get_excess(cap: Decimal, taken: Taken) -> Decimal:
    """Return how much more was drawn of a promise than its cap, and what was allowed
    beyond it. What is reserved isn't drawn: it may never be.

    :param taken: by all its orders, without what they reserve: of a cap of 1,000, 1,200
        drawn with 50 allowed are 150 too much
    """
    return max(-get_capacity(cap, taken).available, ZERO)


def find_missing(
    cap: Decimal, wanted: Taken, before: Taken, others: Taken, allowed: Decimal
) -> Decimal:
    """Return how much more an order takes than is left for it; 0 where there is room.

    What rises is asked: what an order draws has to fit beside what others drew, and
    what it takes at all beside what others drew and reserved. So what was reserved for
    it can be ordered as long as it isn't drawn, whatever else was reserved.

    :param wanted: what it is to take
    :param before: what it takes already
    :param others: what all others take of the promise
    :param allowed: to this order, beyond the cap
    """
    missing = ZERO
    if wanted.drawn > before.drawn:
        left = max(cap - others.drawn, ZERO) + allowed
        missing = max(missing, wanted.drawn - left)
    if wanted.held > before.held:
        left = max(cap - others.held, ZERO) + allowed
        missing = max(missing, wanted.held - left)
    return missing
