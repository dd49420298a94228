"""Columns of ages in lists of old systems: 未到期, 1-30 days, 31–60天, 90+.

Which days late a column holds is read from its header, and from those before it. Values
in, values out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from .history import fold


@dataclass(frozen=True, slots=True)
class Age:
    """What a column of ages holds: what is so many days late.

    ``last``: None where there is no bound; both are None of what isn't late, or isn't
    matched with anything.
    """

    first: int | None = None
    last: int | None = None
    kind: Literal["late", "not_due", "unallocated"] = "late"

    @property
    def code(self) -> str:
        """Return what tells this age from others: '1-30', '91+', 'not_due'."""
        if self.kind != "late":
            return self.kind
        return f"{self.first}+" if self.last is None else f"{self.first}-{self.last}"

    def get_due(self, opening: date) -> date:
        """Return when an item of this age is due, that is all that is known of it: the
        middle of its days, the first one where nothing bounds them.

        :param opening: day on which it has this age
        """
        if self.kind == "not_due":
            return opening + timedelta(days=1)
        if self.kind == "unallocated":
            return opening
        if self.last is None:
            return opening - timedelta(days=self.first)
        return opening - timedelta(days=(self.first + self.last + 1) // 2)


NOT_DUE = Age(kind="not_due")
UNALLOCATED = Age(kind="unallocated")
#: All that is late, beside what isn't.
LATE = Age(1)

_NOT_DUE = re.compile(
    r"current|undue|future|at date|(?:with)?in (?:credit )?terms?|"
    r"not (?:yet )?(?:due|overdue|past due|late)|"
    r"(?:尚)?未(?:到|逾|超|过)(?:账)?期|(?:信用|账)?期内"
)
_UNALLOCATED = re.compile(
    r"unallocated|un ?applied(?: (?:payments?|credits?|cash))?|未分配|未认领"
)
_LATE = re.compile(r"overdue|past due|late|已?逾期|已到期|已?超期")
_OLDER = re.compile(r"older|and older|更早|更久")
#: What headers say beside the days.
_CURRENCY = re.compile(r"(?:[(（\[]|, ?|(?<=[^A-Z]) )(?!DUE)[A-Z]{3}[)）\]]?$")
_AROUND = re.compile(
    r"\b(?:ag(?:e|es|ed|ing|eing)|analysis|bucket|amounts?|balance|in)\b"
    r"|账龄|帐龄|分析|区间|金额|余额|应收账款|应收"
)
_OVERDUE = re.compile(
    r"\b(?:overdue|past due|late|dpd|after due(?: date)?)\b|已?逾期|已?超期|超账期"
)
_UNIT = r"(?P<{0}>days?|d|天|日|weeks?|wks?|周|months?|mths?|mos?|个月|years?|yrs?|年)?"
_SIZES = (("w周", 7), ("m个", 30), ("y年", 365))
_ONE = rf"(?P<one>\d{{1,4}}) ?{_UNIT.format('unit')}"
_RANGE = re.compile(
    rf"(?P<from>\d{{1,4}}) ?{_UNIT.format('its')} ?(?:-|–|—|~|至|到|to) ?{_ONE}"
)
_UP_TO = re.compile(
    rf"(?:<=?|≤|within|up to|under|less than|below) ?{_ONE}"
    rf"|(?P<two>\d{{1,4}}) ?{_UNIT.format('other')} ?"
    r"(?:以内|之内|内|以下|(?:or|and) (?:less|under))"
)
_OVER = re.compile(
    rf"(?P<sign>>=?|≥|over|above|(?:more|older|greater) than|超过|大于) ?{_ONE} ?\+?"
    rf"|(?P<two>\d{{1,4}}) ?(?:{_UNIT.format('other')} ?"
    rf"(?:\+|以上|plus|(?:and|or|&) ?(?:over|above|older|more|up))"
    r"|\+ ?(?P<behind>days?|d|天|日|months?|个月|years?|年))"
)
_SINGLE = re.compile(_ONE)
#: A number alone that is more isn't days: it is a year.
_MOST_ALONE = 999
#: So many columns are ages, and not one that happens to look so.
FEWEST = 2


def is_age(title: str) -> bool:
    """Return whether a header may be that of an age, behind others.

    >>> is_age("1-30 days"), is_age("90天以上"), is_age("Invoice Date"), is_age("2025")
    (True, True, False, False)
    """
    return any(_read(title, reached) for reached in (None, 1))


def read_ages(titles: Sequence[str]) -> list[Age | None]:
    """Return the age that each header means, by its words and those of the ages before
    it; None of one that isn't any, or isn't in order.

    :param titles: headers, from the left; "" of one that isn't asked about
    """
    forward = _read_in_order(titles)
    backward = _read_in_order(titles[::-1])[::-1]
    return max((forward, backward), key=_count)


def match_ages(titles: Sequence[str]) -> list[Age | None]:
    """Return which columns are ages, where several of a table are: at least one of them
    of what is late.

    :param titles: headers, from the left; "" of one that is something else
    """
    found = read_ages(titles)
    nothing: list[Age | None] = [None] * len(titles)
    is_late = any(age and age.kind == "late" for age in found)
    return found if is_late and _count(found) >= FEWEST else nothing


def _count(ages: Sequence[Age | None]) -> int:
    """Return how many headers are ages."""
    return sum(age is not None for age in ages)


def _read_in_order(titles: Sequence[str]) -> list[Age | None]:
    """Return the ages of headers that rise from the first to the last."""
    found: list[Age | None] = []
    reached: int | None = None  # last day of the age before
    for title in titles:
        age = _read(title, reached)
        if age and age.kind == "late":
            is_open = reached is not None and reached < 0
            if age != LATE and (is_open or age.first <= (reached or -1)):
                # behind "over 90", or before what was there
                age = None
            elif age != LATE:
                reached = -1 if age.last is None else age.last
        elif age == NOT_DUE:
            reached = max(reached or 0, 0)
        found.append(age)
    bounded = [age for age in found if age and age.kind == "late" and age != LATE]
    # beside other ages, what is late is their sum
    return [None if age == LATE and bounded else age for age in found]


def _read(title: str, reached: int | None) -> Age | None:
    """Return the age that a header means.

    :param reached: last day of the age before; None: there is none
    """
    text = _CURRENCY.sub("", (title or "").strip())
    text = re.sub(r"[()\[\]（）【】:,，*_']", " ", fold(text))
    text = " ".join(_AROUND.sub(" ", text).split())
    for pattern, age in ((_NOT_DUE, NOT_DUE), (_UNALLOCATED, UNALLOCATED)):
        if pattern.fullmatch(text):
            return age
    if _LATE.fullmatch(text):
        return LATE
    text = " ".join(_OVERDUE.sub(" ", text).split())
    if _OLDER.fullmatch(text):
        return None if not reached else Age(reached + 1)
    for pattern, read in (
        (_RANGE, _read_range),
        (_UP_TO, _read_up_to),
        (_OVER, _read_over),
        (_SINGLE, _read_single),
    ):
        if found := pattern.fullmatch(text):
            return read(found.groupdict(), reached)
    return None


def _get_size(unit: str | None) -> int:
    """Return how many days a unit has: 30 a month, 365 a year."""
    found = (size for signs, size in _SIZES if unit and unit[0] in signs)
    return next(found, 1)


def _read_range(said: dict, reached: int | None) -> Age | None:
    """Return the age of "31-60 days", "6个月-1年", "30-60" behind "0-30"."""
    size = _get_size(said["its"] or said["unit"])
    first, last = int(said["from"]) * size, int(said["one"]) * _get_size(said["unit"])
    if size > 1 and first or first and first == reached:
        first += 1
    return Age(first, last) if first < last else None


def _read_up_to(said: dict, reached: int | None) -> Age | None:
    """Return the age of "within 30 days", "30天以内"."""
    number, unit = said["one"] or said["two"], said["unit"] or said["other"]
    first = 0 if reached is None else reached + 1
    last = int(number) * _get_size(unit)
    return Age(first, last) if first < last else None


def _read_over(said: dict, reached: int | None) -> Age | None:
    """Return the age of "over 90", "91 and over", "1年以上"."""
    number = said["one"] or said["two"]
    unit = said["unit"] or said["other"] or said["behind"]
    first = int(number) * _get_size(unit)
    # 91+ behind 61-90 has its first day in it, 90+ hasn't
    is_within = said["sign"] in (">=", "≥") or reached == first - 1
    return Age(first if is_within else first + 1)


def _read_single(said: dict, reached: int | None) -> Age | None:
    """Return the age of "30" and of "60" behind it: up to that many days. What the one
    before has reached already begins there: "1 month" behind "< 1 month"."""
    size, unit = _get_size(said["unit"]), said["unit"]
    last = int(said["one"]) * size
    if not unit and last > _MOST_ALONE:
        return None
    if reached is not None and reached == last and size > 1:
        return Age(last + 1, last + size)
    first = 0 if reached is None else reached + 1
    return Age(first, last) if first < last else None


# === AMOUNTS === #


def share_out(
    whole: Decimal, parts: Sequence[Decimal], rounding: Decimal
) -> list[Decimal] | None:
    """Return what each part has of a whole that all of them come to, in proportion, to
    the smallest unit; None where the parts come to nothing.

    :param whole: in company currency
    :param parts: in the row's currency, with their signs
    :param rounding: smallest unit of company currency

    >>> share_out(Decimal(100), [Decimal(1), Decimal(2)], Decimal("0.01"))
    [Decimal('33.33'), Decimal('66.67')]
    """
    total = sum(parts, Decimal())
    if not total:
        return None
    found = [
        (whole * part / total / rounding).to_integral_value() * rounding
        for part in parts
    ]
    largest = max(range(len(parts)), key=lambda at: abs(parts[at]))
    found[largest] += whole - sum(found, Decimal())
    return found
