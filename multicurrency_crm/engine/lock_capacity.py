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


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known of one order: its amount, and posted documents.

    :param stage: 'quoted', 'ordered', or 'over': cancelled, or not at this lock any
        more
    :param ordered: what the order comes to; below zero where it takes back
    :param invoiced: by posted invoices, down payments less what deducts them
    :param returned: credited for goods that came back or were never delivered, in time
    :param undone: credited of deposits, or at the full price of goods that stayed: it
        is invoiced again, unless the order is over
    :param rebated: credited besides, which gives nothing back
    :param closed: nothing more is to be invoiced
    :param holds: it was sent, and is valid
    :param allowed: what a manager allowed this order to take beyond the cap
    """

    stage: str
    ordered: Decimal = ZERO
    invoiced: Decimal = ZERO
    returned: Decimal = ZERO
    undone: Decimal = ZERO
    rebated: Decimal = ZERO
    closed: bool = False
    holds: bool = False
    allowed: Decimal = ZERO

    @property
    def used(self) -> Decimal:
        """What was invoiced for good: rebates lower a price, and give nothing back."""
        return self.invoiced - self.returned - self.undone

    @property
    def net(self) -> Decimal:
        """What is posted."""
        return self.used - self.rebated


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


def take(facts: OrderFacts) -> Taken:
    """Return what an order takes.

    A quotation that was sent reserves its amount. An order draws what was ordered less
    what came back, or what was invoiced, if that is more; once nothing more is to be
    invoiced, or it is over, what was invoiced alone. Nothing is ever below zero, nor
    below what is posted, and what isn't posted changes nothing: 1,000 ordered, of which
    300 came back after 1,000 were invoiced, draw 700.
    """
    used = max(facts.used, ZERO)
    wanted = max(facts.ordered - facts.returned, used)
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
