"""What foreign money and open items are worth when a period ends, and what of it is to
be booked: values in, values out.

Amounts are decimals that bear the sign of the ledger: above 0 it is ours, or owed to
us; below 0 we owe it. ``foreign`` is in the item's currency, all others in that of the
company.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from dateutil.relativedelta import relativedelta

ZERO = Decimal(0)
#: As many digits as a binary fraction gives exactly: Odoo divides in these, and rounds
#: up what is a half but for their error.
_BINARY = Context(prec=15)
#: Who values losses alone may show gains of what is due within so long a time.
SHORT_TERM = relativedelta(years=1)


@dataclass(frozen=True, slots=True)
class Position:
    """An open item, or the money of one account in one currency."""

    account_id: int
    currency_id: int
    foreign: Decimal  # what is open of it; 0: settled
    booked: Decimal  # the same at the rate of its posting
    adjusted: Decimal = ZERO  # by earlier revaluations, their reversals included
    due: date | None = None  # None: at any time, as money is
    partner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Valuation:
    """What a position was worth in the books, is worth, and gained."""

    carried: Decimal
    closing: Decimal
    delta: Decimal


def is_long_term(due: date | None, day: date) -> bool:
    """Return whether something is due later than a year after a day."""
    return due is not None and due > day + SHORT_TERM


def convert(foreign: Decimal, rate: Decimal, step: Decimal) -> Decimal:
    """Return what an amount is worth in company currency, rounded as Odoo rounds.

    :param rate: units of the amount's currency for 1 unit of company currency
    :param step: rounding of the company currency, 0.01 or 1
    """
    steps = _BINARY.plus(foreign / rate / step)
    return steps.quantize(Decimal(1), ROUND_HALF_UP) * step


def value(
    position: Position,
    rate: Decimal | None,
    step: Decimal,
    day: date,
    method: str = "standard",
) -> Valuation:
    """Value a position at the end of a day.

    carried = booked + adjusted; delta = closing − carried; what is settled closes at 0.
    USD 1,000 booked at 1,700, closing at 1.63 → 1,630, −70 (SAP, "Valuation of Open
    Items in Foreign Currencies"). ``losses`` takes what is due in more than a year at
    the worse of booked and spot: of signed values, the lower one. So an asset is
    written up again to what was booked, a liability down to it, and no further (HGB §§
    252, 256a).

    :param rate: units of its currency for 1 unit of company currency; None will do for
        what is settled
    :param step: rounding of the company currency
    :param method: 'standard' or 'losses'
    """
    carried = position.booked + position.adjusted
    if not position.foreign:
        return Valuation(carried, ZERO, -carried)
    if rate is None:
        raise ValueError("what is open has no value without a rate")
    closing = convert(position.foreign, rate, step)
    if method == "losses" and is_long_term(position.due, day):
        closing = min(position.booked, closing)
    return Valuation(carried, closing, closing - carried)


# ------------------------------------------------------------------ what is booked


@dataclass(frozen=True, slots=True)
class Total:
    """What the positions of an account gained and lost in a currency: never netted,
    since prudence shows each loss. ``losses`` is below 0. Both are booked on the
    account ``result_id``, or where gains and losses go."""

    account_id: int
    currency_id: int
    gains: Decimal
    losses: Decimal
    partner_id: int | None = None
    result_id: int | None = None

    @property
    def delta(self) -> Decimal:
        """What all of them gained."""
        return self.gains + self.losses


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of an entry, above 0 a debit; ``valued_id`` is the account whose positions
    it values, None for gains and losses."""

    account_id: Hashable
    currency_id: int
    balance: Decimal
    valued_id: int | None = None
    partner_id: int | None = None


def total(pairs: Iterable[tuple[Position, Decimal]]) -> tuple[Total, ...]:
    """Add up what positions gained, by account and currency.

    £100 and £50 at 2.00, closing at 2.50: +50 and +25, one credit of 75 (NetSuite,
    "Revaluation of Invoice with No Payments").

    :param pairs: (position, delta)
    """
    sums: dict[tuple[int, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for position, delta in pairs:
        sums[position.account_id, position.currency_id][delta < 0] += delta
    return tuple(Total(*key, *found) for key, found in sorted(sums.items()))


def book(
    totals: Iterable[Total], targets: Mapping[int, int], gain_id: int, loss_id: int
) -> tuple[Booking, ...]:
    """Say what an entry books: a line for each account, currency and partner of the
    totals, and one for all gains and all losses of a currency.

    :param targets: {account that is valued: account on which its value is adjusted};
        one that is absent is adjusted on itself
    :return: :class:`Booking` of which debits equal credits; none of 0
    """
    found: list[Booking] = []
    results: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for one in totals:
        account_id = targets.get(one.account_id, one.account_id)
        key = one.currency_id, one.delta, one.account_id, one.partner_id
        found.append(Booking(account_id, *key))
        results[one.result_id or gain_id, one.currency_id] -= one.gains
        results[one.result_id or loss_id, one.currency_id] -= one.losses
    found += (Booking(*key, balance) for key, balance in results.items())
    return tuple(booking for booking in found if booking.balance)
