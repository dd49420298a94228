"""What rows of an old system come to: documents, totals, implied rates, and whether
they tie out. Values in, values out.

Amounts bear the sign of the ledger: above 0 the customer owes it.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

#: Rows among which three are looked for that make a difference together: more take
#: seconds, and three of many make any difference by chance.
THREES = 120
#: Units of a currency that banks in China price.
HUNDRED = Decimal(100)
#: Explanations of a difference that are shown.
SHOWN = 5
#: How many times the day's rate that of an old system is at most, where nothing else
#: says which currency is meant.
MOST_OFF = Decimal("1.1")


def fold(text: str | None) -> str:
    """Return a text as two are compared: full-width characters as narrow ones, without
    case, and one blank between words.

    >>> fold(" ＩＮＶ－００１  a ")
    'inv-001 a'
    """
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


@dataclass(frozen=True, slots=True)
class Figure:
    """What a row says in money.

    ``amount`` is in ``currency``; ``booked`` in the currency of the books, None where
    it isn't known.
    """

    key: int  # of the row
    currency: str
    amount: Decimal
    booked: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What rows in one currency come to."""

    count: int
    amount: Decimal
    booked: Decimal | None  # None where a row's isn't known


def add_up(figures: Iterable[Figure]) -> dict[str, Total]:
    """Return what figures come to, by currency."""
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    booked: dict[str, Decimal | None] = {}
    for figure in figures:
        counts[figure.currency] += 1
        amounts[figure.currency] += figure.amount
        before = booked.get(figure.currency, Decimal())
        is_known = before is not None and figure.booked is not None
        booked[figure.currency] = before + figure.booked if is_known else None
    return {
        code: Total(counts[code], amounts[code], booked[code])
        for code in sorted(counts)
    }


def get_implied_rate(amount: Decimal, booked: Decimal | None) -> Decimal | None:
    """Return at which rate a row was booked: units of its currency for 1 unit of the
    books'; None where nothing says so."""
    if not booked or not amount or (amount > 0) != (booked > 0):
        return None
    return amount / booked


def get_distance(implied: Decimal | None, rate: Decimal | None) -> Decimal | None:
    """Return how far an implied rate is from the day's, as a fraction of the price of a
    unit: 0.1 is 10% dearer, whichever way the rate is written.

    :param implied, rate: units of the currency for 1 unit of the books'
    """
    if not implied or not rate:
        return None
    return rate / implied - 1


# === TIE-OUT === #


@dataclass(frozen=True, slots=True)
class Suspect:
    """Rows that make a difference, and how."""

    kind: str  # 'counted': not in the old system's total; 'sign': there with the other
    keys: tuple[int, ...]


def find_suspects(
    figures: Sequence[Figure], typed: Decimal, rounding: Decimal
) -> list[Suspect]:
    """Return which rows make the difference to a typed total, the simplest first: one
    that isn't in it, one that is with the other sign, two or three that aren't.

    :param figures: of one currency
    :param typed: the total of the old system
    :param rounding: smallest unit of the currency
    :return: at most :data:`SHOWN`; none where nothing so simple makes it
    """
    units = [(figure.key, _to_units(figure.amount, rounding)) for figure in figures]
    missing = sum(unit for _key, unit in units) - _to_units(typed, rounding)
    if not missing:
        return []
    found = [Suspect("counted", (key,)) for key, unit in units if unit == missing]
    found += [Suspect("sign", (key,)) for key, unit in units if 2 * unit == missing]
    if not found:
        found = [Suspect("counted", keys) for keys in _find_pairs(units, missing)]
    if not found and len(units) <= THREES:
        found = [Suspect("counted", keys) for keys in _find_threes(units, missing)]
    return found[:SHOWN]


def _to_units(amount: Decimal, rounding: Decimal) -> int:
    """Return an amount in smallest units."""
    return int((amount / rounding).to_integral_value())


def _find_pairs(units, missing):
    """Return keys of two rows that add up to what is missing."""
    seen: dict[int, int] = {}
    found = []
    for key, unit in units:
        if (missing - unit) in seen:
            found.append((seen[missing - unit], key))
            if len(found) == SHOWN:
                break
        seen.setdefault(unit, key)
    return found


def _find_threes(units, missing):
    """Return keys of three rows that add up to what is missing."""
    found = []
    for three in combinations(units, 3):
        if sum(unit for _key, unit in three) == missing:
            found.append(tuple(key for key, _unit in three))
            if len(found) == SHOWN:
                break
    return found


# === ROWS OF ONE DOCUMENT === #


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a document that takes several: what it says of its amounts."""

    key: int
    document: str  # as folded; "" where the row continues the one above
    amount: Decimal | None
    who: tuple[str, ...] = ()  # marks of its customer, as folded; "" where not said


def compare_marks(one: Sequence[str], other: Sequence[str]) -> str:
    """Return whether two rows are of one customer, by what both say of them.

    :param one, other: marks in the same order, "" or none where a row says nothing
    :return: 'same', 'other', or 'unclear': some marks agree and some don't, or both
        name somebody and have no mark in common

    >>> compare_marks(("1", "a"), ("1", "")), compare_marks(("1", "a"), ("1", "b"))
    ('same', 'unclear')
    """
    if not any(one) or not any(other):
        return "same"
    shared = [pair for pair in zip(one, other, strict=False) if all(pair)]
    agreeing = sum(mark == its for mark, its in shared)
    if agreeing and agreeing == len(shared):
        return "same"
    return "unclear" if agreeing or not shared else "other"


def group_parts(parts: Sequence[Part]) -> list[list[Part]]:
    """Return rows by document, in the order of their first rows: those without a number
    belong to the document above; documents of one number and two customers are two.

    :return: a list a document; rows before the first number are documents of their own
    """
    groups: dict[str, list[list[Part]]] = {}
    found: list[list[Part]] = []
    last: list[Part] | None = None
    alone = []
    for part in parts:
        if part.document:
            same = groups.setdefault(part.document, [])
            last = next(
                (
                    group
                    for group in reversed(same)
                    if compare_marks(_get_marks(group), part.who) != "other"
                ),
                None,
            )
            if last is None:
                last = []
                same.append(last)
                found.append(last)
        if last is None:
            alone.append([part])
        else:
            last.append(part)
    return alone + found


def is_of_one(group: Sequence[Part]) -> bool:
    """Return whether all rows of a document name the same customer, beyond doubt."""
    marks = _get_marks(group)
    return all(compare_marks(marks, part.who) == "same" for part in group)


def _get_marks(group: Sequence[Part]) -> tuple[str, ...]:
    """Return whom the first row of a document names that names anybody."""
    return next((part.who for part in group if any(part.who)), ())


def read_once(group: Sequence[Part]) -> Decimal | None:
    """Return the amount of a document whose rows all repeat it; None where they differ,
    and only the sum of them can be meant."""
    amounts = {part.amount for part in group if part.amount is not None}
    if not amounts:
        return None
    return amounts.pop() if len(amounts) == 1 else None


# === IN WHICH CURRENCY === #


@dataclass(frozen=True, slots=True)
class Reading:
    """An open amount beside the amount of its document, in the document's currency."""

    open: Decimal
    amount: Decimal
    rate: Decimal  # units of the document's currency for 1 unit of the books'
    key: int = 0  # of its row


def list_fitting(readings: Iterable[Reading]) -> set[str]:
    """Return in which currencies open amounts can be meant: no more is open than the
    document came to.

    :return: of 'document' and 'company'
    """
    found = list(readings)
    return {meant for meant in _LIMITS if not _list_over(found, meant)}


def is_of_document(readings: Iterable[Reading]) -> bool:
    """Return whether rows prove that open amounts are in their documents' currency: a
    document is open to the cent as a whole, though its currency is worth something
    else than that of the books; and none is nearly open as a whole in the books'.
    """
    worths = [
        (abs(one.open) == abs(one.amount), one.rate, abs(one.open / one.amount))
        for one in readings
        if one.amount
    ]
    far = [worth for worth in worths if not 1 / MOST_OFF < worth[1] < MOST_OFF]
    return any(is_whole for is_whole, _rate, _part in far) and not any(
        1 / MOST_OFF < part * rate < MOST_OFF
        for is_whole, rate, part in far
        if not is_whole
    )


def find_misfits(readings: Iterable[Reading]) -> list[int]:
    """Return the keys of rows that don't fit, where no currency fits all: of the one
    that fits most."""
    found = list(readings)
    return min((_list_over(found, meant) for meant in _LIMITS), key=len)


#: What a document came to at most, by the currency that is meant.
_LIMITS = {
    "document": lambda one: abs(one.amount),
    # what rates of old systems differ from ours stays within a tenth
    "company": lambda one: abs(one.amount) / one.rate * MOST_OFF,
}


def _list_over(readings: Sequence[Reading], meant: str) -> list[int]:
    """Return the keys of rows of which more is open than their document came to, in the
    currency that is meant."""
    return [one.key for one in readings if abs(one.open) > _LIMITS[meant](one)]


def restate(
    open_booked: Decimal,
    rate: Decimal,
    whole: Decimal | None,
    booked: Decimal | None = None,
) -> tuple[Decimal, str] | None:
    """Return what is open of a document whose open amount is given in the currency of
    the books.

    :param open_booked: what is open, in the books' currency, with its sign
    :param rate: units of the document's currency for 1 unit of the books'
    :param whole: what the document came to, in its currency; None: unknown
    :param booked: likewise in the books'; None: unknown
    :return: (amount in the document's currency, by what: 'rate', 'whole': it is open as
        a whole, 'booked': as its document was); None: more is open than it came to
    """
    sign = -1 if open_booked < 0 else 1
    rest = abs(open_booked)
    if not whole:
        return sign * rest * rate, "rate"
    whole = abs(whole)
    if booked and rest <= abs(booked):
        off = abs(booked) * rate / whole
        if 1 / MOST_OFF <= off <= MOST_OFF:
            return sign * whole * rest / abs(booked), "booked"
    if rest * rate <= whole:
        return sign * rest * rate, "rate"
    return (sign * whole, "whole") if rest * rate <= whole * MOST_OFF else None


#: What a rate that a file writes can be, by its direction.
_READINGS = {
    "price": lambda written: (1 / written, HUNDRED / written),
    "units": lambda written: (written,),
}


def _list_readings(written: Decimal, direction: str | None) -> list[Decimal]:
    """Return what a rate can be in units of its currency for 1 unit of the books'."""
    asked = [direction] if direction else list(_READINGS)
    return [one for name in asked for one in _READINGS[name](written)]


def _get_times(one: Decimal, other: Decimal) -> Decimal:
    """Return how many times one rate is the other, whichever is larger."""
    return max(one / other, other / one)


def read_rate(
    written: Decimal, spot: Decimal | None, direction: str | None = None
) -> Decimal | None:
    """Return a rate that a file writes as units of a currency for 1 unit of the books'.

    :param written: 7.1, 0.14 or 710, which is for 100: in which direction and of how
        many units, the day's rate says
    :param spot: of the day, units for 1 unit of the books'; None: a price of a unit is
        meant, as most files write it
    :param direction: 'price' or 'units', where the other rows of the file prove it
    :return: None where nothing says it; a rate of 1 doesn't
    """
    if not written or written < 0:
        return None
    # what is 1 is that system's own currency, and says nothing of ours
    if written == 1:
        return spot
    if not spot:
        return 1 / written
    return min(
        _list_readings(written, direction), key=lambda one: _get_times(one, spot)
    )


def find_direction(written: Decimal, spot: Decimal) -> str | None:
    """Return in which direction a file writes a rate, where the day's leaves no doubt.

    :param spot: units for 1 unit of the books'
    :return: 'price', 'units', or None: it may be either
    """
    if not is_rate_clear(written, spot):
        return None
    return "units" if read_rate(written, spot) == written else "price"


def is_rate_open(written: Decimal, spot: Decimal, tolerance: float) -> bool:
    """Return whether both directions of a rate are near the day's, and neither is much
    nearer: 1.03 beside 1.

    :param spot: units for 1 unit of the books'
    :param tolerance: 0.1: 10%
    """
    if written <= 0 or written == 1:
        return False
    off = sorted(
        _get_times(read_rate(written, spot, direction), spot) - 1
        for direction in _READINGS
    )
    return off[1] <= Decimal(repr(tolerance)) and off[1] < 3 * off[0]


def is_per_hundred(
    written: Decimal, spot: Decimal | None, direction: str | None = None
) -> bool:
    """Return whether a rate that a file writes is the price of 100 units, as banks in
    China write it: nearer to the day's than any other reading.

    :param written: 710
    :param spot: of the day, units for 1 unit of the books'
    :param direction: 'price' or 'units', where the other rows of the file prove it
    """
    if not spot or not written or written < 0 or written == 1:
        return False
    return read_rate(written, spot, direction) == HUNDRED / written


def is_rate_clear(
    written: Decimal, near: Decimal, direction: str | None = None
) -> bool:
    """Return whether a rate of another time tells how one is written: one reading is
    within twice it, and no other is near that.

    :param written: 7.1, 0.14 or 710
    :param near: of another time, units for 1 unit of the books'
    :param direction: 'price' or 'units', where the other rows of the file prove it
    """
    if written <= 0 or written == 1:
        return False
    off = sorted(_get_times(one, near) for one in _list_readings(written, direction))
    return off[0] <= 2 and (len(off) == 1 or off[1] >= 5 * off[0])


def is_far(distance: Decimal, tolerance: float) -> bool:
    """Return whether a rate is further from the day's than is tolerated, in either
    direction: twice as dear and half as dear are as far.

    :param distance: as :func:`get_distance` returns it
    :param tolerance: 0.1: 10%
    """
    times = 1 + distance
    return max(times, 1 / times) > 1 + Decimal(repr(tolerance))
