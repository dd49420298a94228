"""Days as people write them, read by what their whole column shows.

``03/04/2024`` begins with the day or with the month: what says which is another cell
of the column that only one of them can read. Where none does, nobody guesses.
"""

import datetime
import functools
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from babel import Locale

from ..currency_names import LOCALES
from ..errors import _lt
from .cells import Cell, Trouble, folded, is_nothing, shown
from .numbers import Unreadable, Unsettled, trouble_remark
from .remarks import Remark

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
#: years of which a customer's papers are; others are mistyped
FIRST_YEAR, LAST_YEAR = 1900, 2199
#: what is longer is no day, even with a time behind it
LONGEST = 60
#: counts of days that a plain number may be: from March 1900 to the year 2099
FIRST_SERIAL, LAST_SERIAL = 61, 73050
_EPOCH_1900 = datetime.datetime(1899, 12, 30)
_EPOCH_1904 = datetime.datetime(1904, 1, 1)

#: the time of day behind a date
_TIME = re.compile(
    r"(?<=[0-9日])[T ]+[0-9]{1,2}:[0-9:.]+(?: ?[AaPp][Mm])?"
    r"(?:Z| ?(?:UTC|GMT)| ?[+-][0-9]{2}:?[0-9]{2})?$"
)
_ONLY_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?(?: ?[AaPp][Mm])?")
_YEAR_FIRST = re.compile(
    r"([0-9]{4}) ?[-/.年년] ?([0-9]{1,2}) ?[-/.月월] ?([0-9]{1,2}) ?[日일]?"
)
_SHORT_YEAR_FIRST = re.compile(r"([0-9]{2}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日?")
_JOINED = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:\.0)?")
_FIGURES = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
#: what databases write for none
_NO_DAY = re.compile(r"0000[-/.]00[-/.]00(?: 00:00(?::00)?)?|00[-/.]00[-/.]0000")
_WORDS = re.compile(r"[^\s,./-]+")
#: what is a number or has no digit is no day, unless it is 20240305
_OTHERWISE = re.compile(
    r"\D+|[-+]?(?![12][0-9]{7}$)[0-9,]+(?:\.[0-9]*)?(?<![12][0-9]{7}\.0)"
)
_FILLERS = frozenset("de del do of den mon tue wed thu fri sat sun".split())


@dataclass(frozen=True, slots=True)
class Days:
    """A day as it is written: by each order, None where it can't be read so.

    ``free``: it is the same in every order. ``joined``: digits only, which may as well
    be a number. ``short``: its year has two digits.
    """

    values: dict[Order, datetime.date | None]
    free: bool = False
    joined: bool = False
    short: bool = False

    @property
    def able(self) -> frozenset[Order]:
        """Return the orders in which it can be read."""
        return frozenset(order for order in ORDERS if self.values[order])


@dataclass(slots=True)
class DateEvidence:
    """What the cells of one column show of how its days are written.

    ``orders``: those that fit all cells with figures only: one settles it, several
    leave it open where ``ambiguous`` isn't 0. ``proof`` is the first row that left one
    order, ``proof_text`` its cell; ``against`` the first row that no order of the
    others fits. ``stored`` counts dates of a workbook, ``texts`` those written,
    ``serials`` plain numbers that may be Excel's counts of days, ``joined`` those like
    20240305, ``times`` cells with a time only, ``wrong`` what is neither a day nor
    empty. ``early`` counts dates of a workbook whose day may as well be a month,
    ``late`` those whose day can't; ``left`` texts that one order alone fits, of which
    ``left_text`` is the first.
    """

    orders: frozenset[Order] = frozenset(ORDERS)
    proof: int | None = None
    proof_text: str = ""
    against: int | None = None
    against_text: str = ""
    ambiguous: int = 0
    ambiguous_row: int | None = None
    ambiguous_text: str = ""
    stored: int = 0
    texts: int = 0
    serials: int = 0
    joined: int = 0
    times: int = 0
    short_years: int = 0
    wrong: int = 0
    epoch_1904: bool = False
    early: int = 0
    late: int = 0
    left: int = 0
    left_text: str = ""

    @property
    def order(self) -> Order | None:
        """Return the order that the column shows; None where it shows none."""
        return next(iter(self.orders)) if len(self.orders) == 1 else None

    @property
    def is_open(self) -> bool:
        """Whether some cell can be read in two ways, and nothing says in which."""
        return bool(self.ambiguous and (self.order is None or self.against))

    @property
    def is_mixed(self) -> bool:
        """Whether a program has made dates of some texts in its own order, and has left
        alone what that doesn't fit: 05/03 became a date, 25/03 stayed a text."""
        return bool(self.left and self.early and not self.late)

    def note(self, row: int, cell: Cell) -> bool:
        """Learn from one cell; return whether it is a day beyond doubt, however read.

        :param row: its row's number, to name what proves something
        """
        if isinstance(cell, datetime.date):
            self.stored += 1
            self.early += _is_early(cell)
            self.late += cell.day > 12
            return True
        if isinstance(cell, datetime.time | datetime.timedelta):
            self.times += 1
            return False
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            self._note_number(cell)
            return False
        days = days_in(cell) if isinstance(cell, str) else None
        if days is None or not _in_range(days):
            is_time = ":" in str(cell) and _ONLY_TIME.fullmatch(folded(cell))
            self.times += bool(is_time)
            self.wrong += not is_time and not _NO_DAY.fullmatch(str(cell))
            return False
        if days.joined:
            self.joined += 1
            return False
        self.texts += 1
        self.short_years += days.short
        if not days.free:
            self._note_order(row, cell, days)
        return True

    def _note_number(self, cell: float) -> None:
        """Count a number that a workbook stores, as what it may be."""
        is_whole = float(cell).is_integer()
        if is_whole and _JOINED.fullmatch(str(int(cell))):
            self.joined += 1
        elif FIRST_SERIAL <= cell <= LAST_SERIAL:
            self.serials += 1
        else:
            self.wrong += 1

    def _note_order(self, row: int, cell: str, days: Days) -> None:
        """Learn in which order a day is written, if this cell shows it."""
        able = days.able
        if len(able) == 1 and ("/" in cell or "-" in cell):
            self.left += 1
            self.left_text = self.left_text or shown(cell)
        if len({days.values[order] for order in able}) > 1:
            self.ambiguous += 1
            if self.ambiguous_row is None:
                self.ambiguous_row, self.ambiguous_text = row, shown(cell)
        left = self.orders & able
        if not left:
            if self.against is None:
                self.against, self.against_text = row, shown(cell)
            return
        if len(left) == 1 and len(self.orders) > 1:
            self.proof, self.proof_text = row, shown(cell)
        self.orders = left


def day_of(
    evidence: DateEvidence, cell: Cell, *, order: Order | None = None
) -> datetime.date | Unsettled | Unreadable | None:
    """Read a day as its column shows; None for a cell that holds nothing.

    A time behind it is left off. Of a plain number, 20240305 is that day, and what may
    be Excel's count of days is one. Where a column contradicts itself, a cell that
    only one order fits is read so, no other.

    :param order: an answer that somebody gave; it counts more than the evidence
    """
    if is_nothing(cell) or isinstance(cell, str) and _NO_DAY.fullmatch(cell):
        return None
    if isinstance(cell, datetime.date):
        if evidence.is_mixed and _is_early(cell):
            return _either_way(cell, evidence.left_text)
        is_moment = isinstance(cell, datetime.datetime)
        return _within(cell, cell.date() if is_moment else cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _day_of_number(cell, evidence.epoch_1904)
    days = days_in(cell) if isinstance(cell, str) else None
    if days is None:
        return _no_day(cell)
    known = days.able
    if not days.free:
        wanted = frozenset({order}) if order else evidence.orders
        if order or not evidence.against:
            known &= wanted
        if not known:
            return _other_order(cell)
    values = {days.values[each]: each for each in reversed(ORDERS) if each in known}
    if len(values) == 1:
        return _within(cell, next(iter(values)))
    pairs = sorted(values.items(), key=lambda pair: ORDERS.index(pair[1]))
    return Unsettled(cell, *map(tuple, zip(*pairs, strict=True)))


def days_in(cell: str) -> Days | None:
    """Read a text as a day in each way that there is; None if it is none.

    Years are whatever is written.
    """
    if not 6 <= len(cell) <= LONGEST or _OTHERWISE.fullmatch(cell):
        return None
    return _days_in(folded(cell))


@functools.lru_cache(20_000)
def _days_in(text: str) -> Days | None:
    """Read a text in half width; many rows share a day."""
    if ":" in text:
        text = _TIME.sub("", text)
    if found := _FIGURES.fullmatch(text):
        return _by_order(found)
    if found := _YEAR_FIRST.fullmatch(text):
        return _free(_date(*found.groups()))
    if found := _SHORT_YEAR_FIRST.fullmatch(text):
        return _free(_date(_century(found[1]), found[2], found[3]), short=True)
    if found := _JOINED.fullmatch(text):
        return _free(_date(*found.groups()), joined=True)
    if any(char.isalpha() for char in text):
        return _in_words(text)
    return None


def day_of_serial(serial: float, epoch_1904: bool) -> datetime.datetime | None:
    """Return the moment that a count of days says; None where it says none, or where
    Excel's count is a day off (before March 1900)."""
    if not epoch_1904 and serial < FIRST_SERIAL:
        return None
    with suppress(OverflowError, ValueError):
        moment = (_EPOCH_1904 if epoch_1904 else _EPOCH_1900) + datetime.timedelta(
            serial
        )
        # binary fractions of a day are some microseconds off
        moment += datetime.timedelta(microseconds=500)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return None


def _date(year: object, month: object, day: object) -> datetime.date | None:
    """Return a date of figures; None if there is none."""
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _century(year: str) -> int:
    """Return the year that two digits mean: 69 to 99 are of the last century."""
    return int(year) + (1900 if int(year) > 68 else 2000)


def _free(
    day: datetime.date | None, *, joined: bool = False, short: bool = False
) -> Days | None:
    """Return a day that is the same in every order; None for none."""
    if day is None:
        return None
    return Days(dict.fromkeys(ORDERS, day), free=True, joined=joined, short=short)


def _by_order(found: re.Match) -> Days | None:
    """Read figures in which day, month and a short year may stand anywhere.

    Between dots the day comes first wherever the year is last.
    """
    one, sign, two, three = found.groups()
    short = len(three) == 2
    year = _century(three) if short else int(three)
    values = {"dmy": _date(year, two, one), "mdy": _date(year, one, two), "ymd": None}
    if short:
        values["ymd"] = _date(_century(one.zfill(2)), two, three)
    if sign == ".":
        if not short and values["dmy"]:
            return _free(values["dmy"])
        values["mdy"] = None if values["dmy"] else values["mdy"]
    return Days(values, short=short) if any(values.values()) else None


def _in_words(text: str) -> Days | None:
    """Read 5 Mar 2024, March 5, 2024, 2024-Mar-05, 5. März 2024, 05-Mar-24."""
    months, figures = [], []
    for word in _WORDS.findall(text.lower()):
        figure = re.sub(r"(?<=[0-9])(?:st|nd|rd|th|º|er)$", "", word)
        if figure.isascii() and figure.isdigit():
            figures.append(figure)
        elif word in _months():
            months.append(_months()[word])
        elif word not in _FILLERS:
            return None
    if len(months) != 1 or len(figures) != 2:
        return None
    first, last = figures
    if len(first) == 4:
        return _free(_date(first, months[0], last)) if len(last) <= 2 else None
    if len(last) == 4:
        return _free(_date(last, months[0], first))
    if len(last) == 2 and len(first) <= 2:
        return _free(_date(_century(last), months[0], first), short=True)
    return None


@functools.cache
def _months() -> dict[str, int]:
    """Return months by names, long and short, of the languages of trade.

    Names that are one month here and another there are none.
    """
    found = defaultdict(set)
    for language in LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = Locale.parse(language).months[context][width]
                for number, name in names.items():
                    if not name[:1].isdigit():
                        found[name.lower().rstrip(".")].add(number)
    found["sept"].add(9)
    return {name: number for name, [number, *others] in found.items() if not others}


def is_month(word: str) -> bool:
    """Return whether a word in small letters may stand in a day."""
    return word in _months() or word in _FILLERS


def _in_range(days: Days) -> bool:
    """Whether a reading's year is one that papers are of."""
    years = (day.year for day in days.values.values() if day)
    return any(FIRST_YEAR <= year <= LAST_YEAR for year in years)


def _is_early(day: datetime.date) -> bool:
    """Whether a date is another one with day and month the other way round."""
    return day.day <= 12 and day.day != day.month


def _either_way(day: datetime.date, text: str) -> Unreadable:
    """Return what is said of a date that a program may have made in its own order."""
    sentence = _lt(
        "%(day)s or %(other)s? “%(text)s” in this column is a text, so a spreadsheet "
        "program may have read the other days with day and month the other way round. "
        "Save the list anew with its days as text, or as 2024-03-05."
    )
    found = datetime.date(day.year, day.month, day.day)
    values = {
        "day": str(found),
        "other": str(found.replace(month=found.day, day=found.month)),
        "text": text,
    }
    return Unreadable(str(found), Remark("mixed_days", sentence, values, "error"))


def _within(cell: Cell, day: datetime.date) -> datetime.date | Unreadable:
    """Return a day, unless its year is mistyped."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    sentence = _lt("“%(text)s” is a day of the year %(year)s: correct the year.")
    values = {"text": shown(cell), "year": day.year}
    return Unreadable(shown(cell), Remark("wrong_year", sentence, values, "error"))


def _day_of_number(cell: float, epoch_1904: bool) -> datetime.date | Unreadable:
    """Read a number that a workbook stores where a day belongs."""
    if float(cell).is_integer() and (found := _JOINED.fullmatch(str(int(cell)))):
        if day := _date(*found.groups()):
            return day
    if FIRST_SERIAL <= cell <= LAST_SERIAL:
        return day_of_serial(cell, epoch_1904).date()
    return _no_day(cell)


def _no_day(cell: Cell) -> Unreadable:
    """Return what is said of a cell that is no day."""
    if isinstance(cell, Trouble):
        return Unreadable(str(cell), trouble_remark(cell))
    sentence = _lt("“%(text)s” is no day: write it such as 2024-03-05.")
    is_text = isinstance(cell, str)
    if isinstance(cell, datetime.time | datetime.timedelta) or (
        is_text and _ONLY_TIME.fullmatch(folded(cell))
    ):
        sentence = _lt("“%(text)s” is a time without a day.")
    values = {"text": shown(cell)}
    return Unreadable(shown(cell), Remark("no_day", sentence, values, "error"))


def _other_order(cell: str) -> Unreadable:
    """Return what is said of a day that is written otherwise than its column."""
    sentence = _lt(
        "“%(text)s” can't be read: the other days of this column have day and month "
        "the other way round."
    )
    remark = Remark("other_day_order", sentence, {"text": shown(cell)}, "error")
    return Unreadable(shown(cell), remark)
