"""Whom to remind of what, and what being late costs: plain values, no Odoo.

Days count from the due day: what is due today is 0 days late, and isn't overdue.
Amounts are floats of the item's currency, as monetary fields hold them; what is
compared or rounded is by a currency's rounding.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest

#: Of what one item is asked whether it goes into a letter.
ALL, ANY = "all", "any"


@dataclass(frozen=True)
class Level:
    """A level of reminding, for letters of one currency.

    ``factor`` is what one unit of the letter's currency is in the currency of
    ``min_item`` and ``min_balance``, whose rounding is ``rounding``: USD 100 at 1 USD =
    7.1 CNY are worth 710 against a minimum in CNY.
    """

    key: int
    days: int  # from the due day; 0 or less: before anything is late
    quiet_days: int = 0  # since the last letter that really left
    min_item: float = 0.0  # 0: any
    min_balance: float = 0.0  # 0: any
    needs: str = ALL
    factor: float = 1.0
    rounding: float = 0.01

    def is_friendly(self) -> bool:
        """Return whether it reminds before anything is late."""
        return self.days <= 0

    def takes(self, residual: float, balance: float) -> bool:
        """Return whether an item is large enough, with what its customer owes.

        :param residual: open of the item, in the letter's currency
        :param balance: what the customer owes in it, likewise
        """
        asked = [
            self._reaches(amount, least)
            for amount, least in (
                (residual, self.min_item),
                (balance, self.min_balance),
            )
            if least
        ]
        if not asked:
            return True
        return any(asked) if self.needs == ANY else all(asked)

    def _reaches(self, amount: float, least: float) -> bool:
        """Return whether an amount in the document's currency reaches one in the
        level's."""
        return units(amount * self.factor, self.rounding) >= units(least, self.rounding)


@dataclass(frozen=True)
class Claim:
    """An item that is owed: what is open of it, and how far it was reminded of.

    ``reached`` is the number of days of the highest level that really left for it since
    it has its due day; None: none did.
    """

    key: int
    late: int  # days from its due day
    residual: float  # in the letter's currency
    reached: int | None = None
    obstacle: str = ""  # why nobody is to be reminded of it; "": nothing


@dataclass(frozen=True)
class Choice:
    """An item in a letter, at the level that is its turn."""

    key: int
    level: Level


@dataclass(frozen=True)
class Plan:
    """What becomes of one customer in one currency.

    ``level`` is the highest of its items', None where nothing is due to be said;
    ``verdict`` is 'letter', 'nothing', 'obstacles' (there would be a letter but for
    ``obstacles``), 'quiet' (the last letter is too recent), 'small', or 'covered' (by
    money that isn't allocated, as much as what is late). ``favour`` is what of such
    money counts for the letter's items: it goes to what is late besides first.
    """

    verdict: str
    level: Level | None = None
    choices: tuple[Choice, ...] = ()
    obstacles: tuple[Choice, ...] = ()
    favour: float = 0.0


def units(amount: float, rounding: float) -> int:
    """Return how many of its currency's smallest units an amount is, half away from
    zero: 6.027 of 0.01 are 603."""
    # 15 digits: what is a half but for the error of binary fractions is one
    exact = Decimal(f"{amount:.15g}") / Decimal(repr(rounding))
    return int(exact.to_integral_value(ROUND_HALF_UP))


def choose_level(
    levels: Sequence[Level], late: int, reached: int | None = None
) -> Level | None:
    """Return the level whose turn it is for an item, or None.

    The lowest that didn't leave yet, one at a time: the more days late, the higher;
    never one twice, nor a lower one after a higher. Who is late isn't reminded that
    something will fall due.

    :param levels: in any order
    :param late: days from the due day
    :param reached: days of the highest level that really left
    """
    left = [
        level
        for level in levels
        if level.days <= late
        and (reached is None or level.days > reached)
        and (late <= 0 or not level.is_friendly())
    ]
    # where nobody is late yet, the friendly word that is nearest to the day
    if late <= 0:
        return max(left, key=lambda level: level.days, default=None)
    return min(left, key=lambda level: level.days, default=None)


def plan_letter(
    levels: Sequence[Level],
    claims: Iterable[Claim],
    unallocated: float = 0.0,
    since_last: int | None = None,
    rounding: float = 0.01,
) -> Plan:
    """Plan the letter to one customer in one currency.

    The balance is what is late, whatever was said of it before, with what will fall due
    where a letter is about that: less ``unallocated``.

    :param levels: with the factors of this currency
    :param claims: what the customer owes in it
    :param unallocated: money and credit notes in its favour, above 0
    :param since_last: days since the last letter that really left; None: none did
    :param rounding: of the letter's currency
    """
    due, stopped, overdue = [], [], 0.0
    for claim in claims:
        if claim.late > 0 and not claim.obstacle:
            overdue += claim.residual
        if level := choose_level(levels, claim.late, claim.reached):
            (stopped if claim.obstacle else due).append((claim, level))
    obstacles = _choose(stopped)
    if not due:
        return Plan("obstacles" if obstacles else "nothing", obstacles=obstacles)
    # who is late gets no friendly word, and none together with what is late
    if units(overdue, rounding) > units(unallocated, rounding):
        due = [pair for pair in due if not pair[1].is_friendly()]
        if not due:
            return Plan("obstacles" if obstacles else "nothing", obstacles=obstacles)
    elif late := [pair for pair in due if not pair[1].is_friendly()]:
        due = late
    owed = overdue + _add(pair for pair in due if pair[0].late <= 0)
    if units(owed, rounding) <= units(unallocated, rounding):
        favour = share_favour(unallocated, owed - _add(due))
        return Plan("covered", _find_highest(due), _choose(due), obstacles, favour)
    large = [
        (claim, level)
        for claim, level in due
        if level.takes(claim.residual, owed - unallocated)
    ]
    if not large:
        return Plan("small", obstacles=obstacles)
    highest = _find_highest(large)
    if since_last is not None and since_last < highest.quiet_days:
        return Plan("quiet", obstacles=obstacles)
    favour = share_favour(unallocated, owed - _add(large))
    return Plan("letter", highest, _choose(large), obstacles, favour)


def share_favour(unallocated: float, besides: float) -> float:
    """Return what of the money that isn't allocated counts for a letter's items.

    :param unallocated: above 0
    :param besides: what is late, and not in the letter: it takes the money first
    """
    return max(unallocated - max(besides, 0.0), 0.0)


def _add(pairs: Iterable[tuple[Claim, Level]]) -> float:
    """Return what is open of items together."""
    return sum(claim.residual for claim, _level in pairs)


def _find_highest(pairs: Sequence[tuple[Claim, Level]]) -> Level:
    """Return the highest level of items."""
    return max((level for _claim, level in pairs), key=lambda level: level.days)


def _choose(pairs: Sequence[tuple[Claim, Level]]) -> tuple[Choice, ...]:
    """Return items with their levels as a plan has them."""
    return tuple(Choice(claim.key, level) for claim, level in pairs)


@dataclass(frozen=True)
class Loan:
    """An item that bears interest from its due day on."""

    due: date
    amount: float  # of the item
    settled: tuple[tuple[date, float], ...] = ()  # what came off it, and when


def accrue(loan: Loan, day: date, rate: float, basis: int) -> float:
    """Return the interest of an item from its due day to a day, not rounded.

    Balance × days for each slice between two payments: 1,000 due 1 January of which 400
    came on the 11th are 1,000 × 10 + 600 × 20 on the 31st, at 10 % and 365 days 6.03.
    What came off before the due day bears nothing; one that is paid has what it bore
    until then.

    :param rate: a year, 0.1 is 10 %
    :param basis: days of a year, 360 or 365
    """
    return _weigh(loan, day) * rate / basis


@dataclass(frozen=True)
class Stretch:
    """Days that are charged at one rate: from where the one before ends, or the due
    day, until a day."""

    until: date
    rate: float  # a year, 0.1 is 10 %
    basis: int  # days of a year, 360 or 365


def accrue_by(loan: Loan, stretches: Sequence[Stretch]) -> float:
    """Return the interest of an item over stretches, each at its rate, not rounded.

    A new rate counts from the day after the last charged one on: what was charged at
    another rate stays as it is.

    :param stretches: the earlier ones first
    """
    total, before = 0.0, 0.0
    for stretch, following in zip_longest(stretches, stretches[1:]):
        # of one rate together, so that nothing depends on how many letters there were
        if following and stretch == replace(following, until=stretch.until):
            continue
        weighted = max(_weigh(loan, stretch.until), before)
        total += (weighted - before) * stretch.rate / stretch.basis
        before = weighted
    return total


def _weigh(loan: Loan, day: date) -> float:
    """Return balance × days of an item from its due day to a day."""
    balance, since, weighted = loan.amount, loan.due, 0.0
    for when, amount in sorted(loan.settled):
        until = min(max(when, since), max(day, since))
        weighted += max(balance, 0.0) * (until - since).days
        since, balance = until, balance - amount
        if when > day:
            # not off it yet on that day
            return weighted
    return weighted + max(balance, 0.0) * max((day - since).days, 0)


def charge(accrued: float, charged: float, rounding: float) -> float:
    """Return what is to be charged now: what accrued, rounded once, less what was
    charged before; never below 0.

    :param accrued: as of :func:`accrue_by`
    :param charged: in letters that left before
    :param rounding: of the currency
    """
    left = units(accrued, rounding) - units(charged, rounding)
    return float(max(left, 0) * Decimal(repr(rounding)))
