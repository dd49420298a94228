"""What may be done next for a customer, and why: each suggestion with its figures.

No weights, no training: each function asks one question that a salesperson would ask of
the same list of documents, and answers with what it found, or with nothing.

Rates are units of the document currency for 1 unit of company currency.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

#: Intervals that tell a habit: fewer orders tell none.
LEAST_INTERVALS = 2
#: Newer habits count: so many of the last intervals, and orders.
LAST_INTERVALS = 12
#: Quotations that were ordered and tell how long a customer takes.
LEAST_ORDERED = 3
#: Days within which nobody is slow, however fast they were before.
LEAST_PATIENCE = 7
#: Orders in a row in another currency that are a new habit.
RUN = 3
#: Shares that differ by less are the same: rates went through a few divisions.
SAME_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class Reorder:
    """When a customer's next order is expected, by how often it has ordered."""

    last: date  # on which it ordered
    expected: date
    interval: int  # days, the median
    intervals: int  # of how many
    days_past: int  # since the expected day; below 0: still to come


def expect_reorder(days: Iterable[date], today: date) -> Reorder | None:
    """Return when the next order is expected: the last one, and the median of the
    newest intervals.

    :param days: of orders, in any order; several of one day are one, and those to come
        are none yet
    :return: None: too few orders tell no habit

    >>> expect_reorder([date(2026, 1, 1), date(2026, 1, 31)], date(2026, 2, 1))
    """
    known = sorted({day for day in days if day <= today})
    intervals = [(after - before).days for before, after in pairwise(known)]
    intervals = intervals[-LAST_INTERVALS:]
    if len(intervals) < LEAST_INTERVALS:
        return None
    # half a day more is a day: the customer isn't reminded before its time
    usual = int(median(intervals) + 0.5)
    expected = known[-1] + timedelta(usual)
    return Reorder(known[-1], expected, usual, len(intervals), (today - expected).days)


@dataclass(frozen=True, slots=True)
class Silence:
    """A quotation that waits longer than the customer ever took."""

    age: int  # days
    usual: int  # days after which this customer orders no more
    quotations: int  # by how many that is known; 0: by the company's own patience


def judge_quotation(age: int, taken: Sequence[int], patience: int) -> Silence | None:
    """Return why a quotation is likely to be lost: it is older than the slowest of
    those that the customer ordered, and than a week.

    :param age: of the quotation in days
    :param taken: days from quotation to order, of those that were ordered
    :param patience: days that are usual in the company, for who has no habit yet
    """
    known = len(taken) >= LEAST_ORDERED
    usual = max(*taken, LEAST_PATIENCE) if known else patience
    if age <= usual:
        return None
    return Silence(age, usual, len(taken) if known else 0)


def find_favour(promised: float, now: float, least: float) -> float | None:
    """Return by which share a price may fall, since its currency has become dearer for
    the company: the same company value is fewer units of it.

    :param promised: rate at which a price was found
    :param now: today's rate
    :param least: the smallest share that is worth a word
    :return: share of the price, 0.02 for 2 %; None: less than ``least``, nothing at
        all, or a rate that is none
    """
    if promised <= 0 or now <= 0:
        return None
    share = 1 - now / promised
    return share if share > SAME_SHARE and share >= least - SAME_SHARE else None


@dataclass(frozen=True, slots=True)
class NewCurrency:
    """A currency in which a customer trades lately instead of its usual one."""

    currency: object
    usual: object
    before: int  # by how many earlier orders it is usual; 0: somebody chose it


def find_new_currency(
    currencies: Sequence[object], chosen: object | None, run: int = RUN
) -> NewCurrency | None:
    """Return the currency of the newest orders, where it isn't the usual one.

    :param currencies: of the customer's orders, the newest last
    :param chosen: the one that is entered for it; None: nobody chose, and the usual one
        is that of most of the orders before, of those the newest; as many orders have
        to tell it
    :param run: so many of the newest in a row
    """
    newest, before = list(currencies)[-run:], list(currencies)[:-run]
    if len(newest) < run or len(set(newest)) > 1:
        return None
    if chosen is None:
        if len(before) < run:
            return None
        # equal counts come in the order in which they are met
        [(usual, _count)] = Counter(reversed(before)).most_common(1)
    else:
        usual = chosen
    if newest[0] == usual:
        return None
    return NewCurrency(newest[0], usual, 0 if chosen is not None else len(before))


@dataclass(frozen=True, slots=True)
class Shortage:
    """A limit that leaves less than the next order is expected to take."""

    available: Decimal
    expected: Decimal  # the median of the newest orders, in company currency
    orders: int  # of how many
    lacking: Decimal


def find_shortage(
    available: Decimal,
    orders: Sequence[Decimal | None],
    reorder: Reorder | None,
    soon: int,
) -> Shortage | None:
    """Return what a credit limit lacks for the order that is expected.

    :param available: what the limit leaves, in company currency
    :param orders: what orders came to, in company currency, the newest last; None: at
        no rate that is known, of which nothing is said
    :param reorder: when the next one is expected; None: no habit
    :param soon: only one that is expected within so many days
    """
    newest = list(orders)[-LAST_INTERVALS:]
    if reorder is None or reorder.days_past < -soon or not newest or None in newest:
        return None
    expected = Decimal(median(newest))
    lacking = expected - available
    if lacking <= 0:
        return None
    return Shortage(available, expected, len(newest), lacking)
