"""In which instalments an order is paid, and what became of each.

All amounts are Decimals in the currency of the order; ``step`` is that currency's
smallest amount (1, 0.01, 0.001). Items of an invoice that say which instalment they are
for stay with it, whatever becomes of the plan. All else that was invoiced fills the
instalments one after the other, so that each invoice is a run of slices; what is
received on it pays its slices in the same order, and what is credited leaves from the
end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
#: Shares that come this close to the whole are meant as the whole: 3 × 33.33 %.
SLACK = Decimal("0.0005")
#: So far is put off what nobody expects on a day of its own.
PATIENCE = timedelta(days=7)

TO_COME, DUE, PARTLY, RECEIVED, OVERDUE, VOID = (
    "to_come",
    "due",
    "partly",
    "received",
    "overdue",
    "void",
)


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round to the smallest amount of a currency, a half away from zero.

    >>> round_to(Decimal("1.005"), Decimal("0.01"))
    Decimal('1.01')
    """
    return (amount / step).quantize(ONE, ROUND_HALF_UP) * step


# === SPLITTING === #


@dataclass(frozen=True, slots=True)
class Part:
    """What an instalment asks for: a share of the order, or an amount.

    :param share: 0.3 is 30 %
    :param amount: where it is fixed; then ``share`` says nothing
    """

    share: Decimal = ZERO
    amount: Decimal | None = None


def split(total: Decimal, parts: Sequence[Part], step: Decimal) -> list[Decimal]:
    """Split what an order comes to.

    Where the parts are meant to make up the order, the last share takes what rounding
    left, so that they do to the smallest coin: 100.00 in thirds is 33.33, 33.33, 33.34.
    Parts that don't make it up stay as they are.

    :param total: at least 0
    :return: an amount for each part
    """
    amounts = [
        round_to(total * part.share, step) if part.amount is None else part.amount
        for part in parts
    ]
    shares = [at for at, part in enumerate(parts) if part.amount is None]
    if not shares:
        return amounts
    fixed = sum((part.amount for part in parts if part.amount is not None), ZERO)
    exact = fixed + sum((total * parts[at].share for at in shares), ZERO)
    rest = total - sum(amounts, ZERO)
    last = next((at for at in reversed(shares) if parts[at].share), shares[-1])
    near = abs(total - exact) <= max(total * SLACK, step * len(parts))
    if near and amounts[last] + rest >= 0:
        amounts[last] += rest
    return amounts


def rescale(
    total: Decimal, shares: Sequence[Decimal], least: Sequence[Decimal], step: Decimal
) -> list[Decimal] | None:
    """Bring instalments to what an order comes to now, each to its share, and none
    below what was invoiced or received of it already.

    :param shares: as agreed, in proportion; where all are 0, the parts are equal
    :param least: for each, what it keeps at least
    :return: amounts that add up to ``total``; None where ``least`` comes to more
    """
    if sum(least, ZERO) > total:
        return None
    scaled = [ZERO] * len(shares)
    free, rest = list(range(len(shares))), total
    while free:
        base = sum((shares[at] for at in free), ZERO)
        for at in free:
            weight = shares[at] / base if base else ONE / len(free)
            scaled[at] = rest * weight
        bound = [at for at in free if scaled[at] < least[at]]
        if not bound:
            break
        for at in bound:
            scaled[at] = least[at]
        rest -= sum((least[at] for at in bound), ZERO)
        free = [at for at in free if at not in bound]
    return _round_together(total, scaled, least, step)


def _round_together(total, exact, least, step):
    """Round amounts so that they keep their total, and stay above their least: what is
    left goes to the last ones that can take it."""
    rounded = [max(round_to(a, step), low) for a, low in zip(exact, least, strict=True)]
    rest = total - sum(rounded, ZERO)
    for at in reversed(range(len(rounded))):
        taken = max(rest, least[at] - rounded[at])
        rounded[at] += taken
        rest -= taken
    return rounded


def get_share(
    amount: Decimal, total: Decimal, agreed: Decimal, step: Decimal
) -> Decimal:
    """Return which share of an order an instalment is: the agreed one, where rounding
    alone makes the difference.

    >>> get_share(Decimal("3.00"), Decimal("10.01"), Decimal("0.3"), Decimal("0.01"))
    Decimal('0.3')
    """
    if not total or abs(amount - total * agreed) <= max(total * SLACK, step):
        return agreed
    return amount / total


# === WHAT BECAME OF IT === #


@dataclass(frozen=True, slots=True)
class Piece:
    """An item of a posted invoice that says which instalment it is for.

    :param amount: above 0
    :param received: of it by payments
    :param credited: of it by credit notes
    """

    at: int
    amount: Decimal
    received: Decimal = ZERO
    credited: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Document:
    """A posted invoice, as far as it is of this order.

    :param amount: of what no item says for which instalment it is, as ``received`` by
        payments and ``credited`` by credit notes are
    :param target: the instalment that it was made for, if any: it fills that one first
    :param pieces: the items that say it
    """

    amount: Decimal
    received: Decimal = ZERO
    credited: Decimal = ZERO
    target: int | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """What a document invoices of an instalment.

    :param at: which instalment; None: more than the plan has
    """

    at: int | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Instalment:
    """What became of an instalment.

    :param planned: what it asks for
    :param invoiced: of it, less what was credited
    :param credited: of it, and not invoiced again: nobody waits for it
    :param received: of it
    """

    planned: Decimal
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    received: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What is still to be received."""
        return max(self.planned - self.credited - self.received, ZERO)

    @property
    def to_invoice(self) -> Decimal:
        """What is still to be received, and stands on no invoice yet."""
        left = self.planned - self.credited - max(self.invoiced, self.received)
        return max(left, ZERO)


@dataclass(frozen=True, slots=True)
class Course:
    """How a plan goes.

    :param instalments: one for each amount of the plan
    :param slices: for each document, its slices in order
    """

    instalments: tuple[Instalment, ...]
    slices: tuple[tuple[Slice, ...], ...]


def follow(
    amounts: Sequence[Decimal],
    documents: Sequence[Document],
    credit: Decimal = ZERO,
    prepaid: Decimal = ZERO,
) -> Course:
    """Say what became of the instalments of an order.

    1,000 in 300 and 700; an invoice of 300, paid, and one of 500, 100 of it paid: 300
    received of the first; 500 invoiced of the second, 100 received, 600 open.

    :param amounts: of the instalments, at least 0
    :param documents: in the order in which they were issued
    :param credit: of credit notes that no invoice of this order was matched with
    :param prepaid: received for the order, and on none of its invoices
    """
    filling = _Filling(list(amounts))
    filling.keep([piece for document in documents for piece in document.pieces])
    slices = []
    for document in documents:
        kept = [Slice(piece.at, piece.amount) for piece in document.pieces]
        taken = filling.invoice(document.amount, document.target)
        filling.receive(taken, document.received)
        filling.take_back(reversed(taken), document.credited)
        slices.append((*kept, *taken))
    # what was invoiced beyond the plan is credited first
    filling.take_back_last(max(credit - filling.beyond, ZERO))
    filling.prepay(prepaid)
    return Course(filling.get_instalments(), tuple(slices))


def invoice_next(
    instalments: Sequence[Instalment], amount: Decimal, target: int | None = None
) -> tuple[Slice, ...]:
    """Say which instalments the next invoice is of.

    :param instalments: as they are
    :param amount: of the invoice, as far as it is of their order
    :param target: the instalment that it is made for, if any
    """
    filling = _Filling([one.planned for one in instalments])
    filling.invoiced = [one.invoiced for one in instalments]
    filling.credited = [one.credited for one in instalments]
    return tuple(filling.invoice(amount, target))


class _Filling:
    """Instalments while documents fill them."""

    def __init__(self, amounts):
        self.amounts = amounts
        self.invoiced = [ZERO] * len(amounts)
        self.credited = [ZERO] * len(amounts)
        self.received = [ZERO] * len(amounts)
        self.beyond = ZERO

    def keep(self, pieces):
        """Put items on the instalments that they say; what was credited before and
        stands on another item is invoiced again."""
        for piece in pieces:
            self.invoiced[piece.at] += piece.amount - piece.credited
            self.credited[piece.at] += piece.credited
            self.received[piece.at] += piece.received
        for at, amount in enumerate(self.amounts):
            again = self.invoiced[at] + self.credited[at] - amount
            self.credited[at] -= max(min(again, self.credited[at]), ZERO)

    def invoice(self, amount, target):
        """Put a document on instalments: its own first, then the others in order, at
        last what was credited before and is invoiced again.

        :return: [:class:`Slice`]
        """
        everyone = range(len(self.amounts))
        order = [*([target] if target is not None else []), *everyone]
        found = {}
        for at in order:
            free = self.amounts[at] - self.invoiced[at] - self.credited[at]
            amount -= self._put(found, at, min(free, amount))
        for at in order:
            again = min(self.credited[at], amount)
            if again > 0:
                self.credited[at] -= again
                amount -= self._put(found, at, again)
        if amount > 0:
            found[None] = amount
            self.beyond += amount
        return [Slice(at, found[at]) for at in sorted(found, key=_last_none)]

    def _put(self, found, at, amount):
        """Put an amount on one instalment, and return what was put."""
        if amount <= 0:
            return ZERO
        self.invoiced[at] += amount
        found[at] = found.get(at, ZERO) + amount
        return amount

    def receive(self, slices, amount):
        """Receive money for what a document has invoiced, in order."""
        for piece in slices:
            paid = min(piece.amount, amount)
            amount -= paid
            if piece.at is not None:
                self.received[piece.at] += paid

    def take_back(self, slices, amount):
        """Credit what a document has invoiced, in order."""
        for piece in slices:
            taken = min(piece.amount, amount)
            amount -= taken
            if piece.at is None:
                self.beyond -= taken
            else:
                self._credit(piece.at, taken)

    def take_back_last(self, amount):
        """Credit an amount of no document: the last instalments first."""
        for at in reversed(range(len(self.amounts))):
            taken = min(self.invoiced[at], amount)
            amount -= taken
            self._credit(at, taken)

    def _credit(self, at, amount):
        """Credit an amount of one instalment."""
        self.invoiced[at] -= amount
        self.credited[at] += amount

    def prepay(self, amount):
        """Receive money for no document: the first instalments first."""
        for at in range(len(self.amounts)):
            left = self.amounts[at] - self.credited[at] - self.received[at]
            paid = max(min(left, amount), ZERO)
            self.received[at] += paid
            amount -= paid

    def get_instalments(self):
        """Return what became of each: a tuple of :class:`Instalment`."""
        return tuple(
            # paid and then credited: the money is the customer's again
            Instalment(amount, invoiced, credited, min(received, amount - credited))
            for amount, invoiced, credited, received in zip(
                self.amounts, self.invoiced, self.credited, self.received, strict=True
            )
        )


def _last_none(at):
    """Return the key that sorts what is beyond all instalments last."""
    return (at is None, at or 0)


def judge(
    instalment: Instalment,
    *,
    has_happened: bool,
    due: date | None,
    today: date,
    is_over: bool = False,
) -> str:
    """Return the state of an instalment, from what happened.

    :param has_happened: its trigger
    :param due: the day by which it is to be received; None: not known yet. On that day
        itself it isn't overdue
    :param is_over: its order is cancelled
    :return: 'to_come', 'due', 'partly', 'received', 'overdue' or 'void'
    """
    if is_over or (instalment.planned and instalment.credited == instalment.planned):
        return VOID
    if instalment.planned and not instalment.open:
        return RECEIVED
    if has_happened and due is not None and due < today:
        return OVERDUE if instalment.planned else RECEIVED
    if instalment.received:
        return PARTLY
    return DUE if has_happened else TO_COME


# === WHEN === #


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of the day of an instalment.

    :param due: known since its trigger happened
    :param expected: what somebody thinks
    """

    due: date | None = None
    expected: date | None = None


def get_maturity(
    waiting: Waiting, issued: date, usual: date | None, today: date
) -> date:
    """Return the day on which an item of an invoice falls due.

    Nothing is due before its invoice is issued. What waits for its trigger isn't late:
    its day is the expected one, else its usual one; once both are over, it is put off
    until the trigger happens, a week at a time.

    :param issued: day of the invoice
    :param usual: what the item says, or the payment terms
    """
    if waiting.due is not None:
        return max(waiting.due, issued)
    for day in (waiting.expected, usual):
        if day is not None and max(day, issued) > today:
            return max(day, issued)
    return max(today + PATIENCE, issued)


def cut(slices: Sequence[Slice], items: Sequence[Decimal]) -> list[list[int | None]]:
    """Say which instalments each item of an invoice is for, going through both in
    order.

    :param slices: of the invoice
    :param items: amounts of its receivable's items, together the invoice
    :return: for each item, the instalments that it covers; None: what no plan has
    """
    ends, reached = [], ZERO
    for piece in slices:
        reached += piece.amount
        ends.append((reached, piece.at))
    found, start = [], ZERO
    for item in items:
        end, below = start + item, ZERO
        covered = []
        for above, at in ends:
            if above > start and below < end:
                covered.append(at)
            below = above
        found.append(covered)
        start = end
    return found
