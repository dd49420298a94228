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
#: Explanations of a difference that are shown.
SHOWN = 5


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


def group_parts(parts: Sequence[Part]) -> list[list[Part]]:
    """Return rows by document, in the order of their first rows: those without a number
    belong to the document above.

    :return: a list a document; rows before the first number are documents of their own
    """
    groups: dict[str, list[Part]] = {}
    last = ""
    alone = []
    for part in parts:
        last = part.document or last
        if last:
            groups.setdefault(last, []).append(part)
        else:
            alone.append([part])
    return alone + list(groups.values())


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


def list_fitting(readings: Iterable[Reading]) -> set[str]:
    """Return in which currencies open amounts can be meant: no more is open than the
    document came to.

    :return: of 'document' and 'company'
    """
    fitting = {"document", "company"}
    for one in readings:
        # what rates of old systems differ from ours stays within a tenth
        limit = abs(one.amount) / one.rate * Decimal("1.1")
        if abs(one.open) > abs(one.amount):
            fitting.discard("document")
        if abs(one.open) > limit:
            fitting.discard("company")
    return fitting


def read_rate(written: Decimal, spot: Decimal | None) -> Decimal | None:
    """Return a rate that a file writes as units of a currency for 1 unit of the books'.

    :param written: 7.1 or 0.14: in which direction, the day's rate says
    :param spot: of the day, units for 1 unit of the books'; None: a price of a unit is
        meant, as most files write it
    """
    if not written or written < 0:
        return None
    if not spot:
        return 1 / written
    as_price, as_units = 1 / written, written
    far = [max(one / spot, spot / one) for one in (as_price, as_units)]
    return as_price if far[0] <= far[1] else as_units
