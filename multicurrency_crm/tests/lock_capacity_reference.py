"""What orders take of a promise, counted unit by unit: slow, and by other means than
the engine.

Every unit of an order is a place, every unit that is posted a thing of its own, which
takes a place as long as one is free. Credit notes take things away one by one; after
the promise ended they leave them where they are, until they are invoiced again. What is
a draft moves none.
"""

from dataclasses import dataclass, field

INVOICE, CREDITED, LATE, REBATED = "invoiced", "credited", "late", "rebated"


@dataclass
class Document:
    kind: str
    amount: int
    posted: bool = False
    quantity: int | None = None  # a rebate credits more pieces than whole prices
    record: object = None  # of Odoo, where there is one

    @property
    def pieces(self):
        pieces = self.amount if self.quantity is None else self.quantity
        return pieces if self.kind == INVOICE else -pieces


@dataclass
class Order:
    """One order of a promise.

    :param agreement: number of the agreement, of those that superseded each other
    """

    ordered: int
    agreement: int = 0
    state: str = "draft"  # draft, sent, sale, cancel
    allowed: int = 0
    documents: list = field(default_factory=list)
    record: object = None

    def count(self):
        """Move the units of this order, document by document.

        :return: (units to come, units that are invoiced, or were credited too late)
        """
        invoiced, late = [], []
        for document in self.documents:
            for _unit in range(document.amount if document.posted else 0):
                if document.kind == INVOICE:
                    invoiced.append(late.pop() if late else "unit")
                elif document.kind == CREDITED:
                    invoiced.pop()
                elif document.kind == LATE:
                    late.append(invoiced.pop())
        free = list(range(self.ordered))
        for _unit in invoiced + late:
            if free:
                free.pop()
        return len(free), len(invoiced) + len(late)

    @property
    def net(self):
        """What is posted, less what was credited."""
        return sum(
            document.amount if document.kind == INVOICE else -document.amount
            for document in self.documents
            if document.posted
        )

    @property
    def pieces(self):
        """How many pieces are posted: those of a rebate stayed sold."""
        posted = [one for one in self.documents if one.posted and one.kind != REBATED]
        return sum(one.pieces for one in posted)

    @property
    def closed(self):
        return self.ordered > 0 and self.pieces >= self.ordered

    @property
    def drawn(self):
        coming, invoiced = self.count()
        to_come = self.state == "sale" and not self.closed
        return invoiced + (coming if to_come else 0)

    @property
    def reserved(self):
        return self.count()[0] if self.state == "sent" else 0

    @property
    def open(self):
        if self.state == "cancel" or (self.state == "sale" and self.closed):
            return 0
        coming, invoiced = self.count()
        return min(self.ordered - invoiced, 0) if self.ordered < 0 else coming

    @property
    def held(self):
        return self.drawn + self.reserved

    @property
    def usable(self):
        return min(self.allowed, self.held) if self.state != "cancel" else 0


@dataclass
class Promise:
    cap: int
    orders: list = field(default_factory=list)
    agreements: int = 1

    @property
    def drawn(self):
        return sum(order.drawn for order in self.orders)

    @property
    def held(self):
        return sum(order.held for order in self.orders)

    @property
    def available(self):
        """Count what is left: every unit that is held takes one of the cap, or, where
        none is left, one of those that were allowed."""
        left = self.cap
        allowed = sum(order.usable for order in self.orders)
        for _unit in range(self.held):
            if left <= 0 and allowed:
                allowed -= 1
            else:
                left -= 1
        return left

    def fits(self, order, before):
        """Whether an order, as it is now, may take what it takes.

        :param before: (drawn, held) of it
        """
        others = [other for other in self.orders if other is not order]
        drawn, held = before
        beside = sum(other.drawn for other in others)
        if order.drawn > drawn and not self._has_units(order, order.drawn, beside):
            return False
        beside = sum(other.held for other in others)
        return order.held <= held or self._has_units(order, order.held, beside)

    def _has_units(self, order, wanted, beside):
        """Whether so many units are left beside those of others, or were allowed to
        this order."""
        units = [n for n in range(self.cap) if n >= beside]
        return wanted <= len(units) + (order.allowed if order.state != "cancel" else 0)
