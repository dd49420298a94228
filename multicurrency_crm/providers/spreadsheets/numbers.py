"""Numbers as people write them, read by what their whole column shows.

``1,234`` is a thousand and some or one and some: what says which is another cell of
the column that only one of them can read. Where none does, nobody guesses.
"""

import datetime
import functools
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ..currency_names import code_of
from ..errors import _lt
from .cells import Cell, Trouble, folded, has_digit, is_nothing, shown
from .remarks import Remark

Point = Literal[".", ","]
POINTS: tuple[Point, ...] = (".", ",")
#: more is no number, but a text that begins like one
LONGEST = 60
MOST_DIGITS = 30

#: other ways to write a minus, an apostrophe and blanks between thousands
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("−–‐‑﹣", "-"),
        **dict.fromkeys("△▲", "-"),
        **dict.fromkeys("’‘´`", "'"),
        **dict.fromkeys("\u00a0\u2009\u202f\t", " "),
    }
)
#: how nearly all numbers are written
_USUAL = re.compile(r"(-?[0-9]{1,15})(?:([.,])([0-9]{1,15}))?", re.ASCII)
#: more letters than any currency beside a number has
_LETTERS = re.compile(r"[A-Za-z]{7}")
_PLAIN = re.compile(r"[0-9]{1,30}")
_BODY = re.compile(r"[0-9.,][0-9.,' ]*")
_POWER = re.compile(r"([0-9]{1,30})(?:([.,])([0-9]{1,30}))?[eE]([+-][0-9]{1,2})")
#: "Cr" and 贷 say that somebody is owed: below zero for who keeps the list
_SIDE = re.compile(r"[ ]?(?:(?P<credit>cr\.?|贷)|dr\.?|借)$", re.IGNORECASE)
_SYMBOL = re.compile(
    r"(?:[A-Za-z]{0,3}[$€£¥₩₹₽₺₫₪₱฿₦₴₸₵₡₲₮]|RM|Rs\.?|kr\.?|zł|Kč|元|圆|圓|円|원|块)"
)
_WORD = re.compile(r"[^\W\d_]{2,6}")
_SYMBOL_AT_END, _WORD_AT_END = (
    re.compile(f"(?:{pattern.pattern})$") for pattern in (_SYMBOL, _WORD)
)
#: thousands between signs, and lakhs and crores as India writes them
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_LAKHS = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A cell that can be read in several ways, and nothing says in which.

    ``readings`` are the values, in the order of ``answers`` (what to answer: a decimal
    sign, or an order of day, month and year).
    """

    text: str
    readings: tuple[object, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that isn't what is looked for; ``remark`` says so, without a place."""

    text: str
    remark: Remark


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as it is written: its readings, and what stands beside its digits.

    ``point`` and ``comma``: by decimal sign, None where it can't be read so.
    """

    point: Decimal | None
    comma: Decimal | None
    percent: bool = False
    mark: str = ""
    credit: bool = False

    @property
    def is_open(self) -> bool:
        """Whether there are two readings, and they differ."""
        both = self.point is not None and self.comma is not None
        return both and self.point != self.comma

    @property
    def value(self) -> Decimal:
        """Return a reading; the only one, where one can be."""
        return self.comma if self.point is None else self.point

    def by(self, point: Point) -> Decimal | None:
        """Return the reading with a decimal sign."""
        return self.point if point == "." else self.comma


@dataclass(slots=True)
class NumberEvidence:
    """What the cells of one column show of how its numbers are written.

    ``point``: the sign before the decimals, where something shows or says it; None:
    nothing does, which matters where ``ambiguous`` isn't 0. ``proof`` is the first row
    that shows it and ``proof_text`` its cell; ``against`` the first that shows the
    other. ``stored`` counts numbers of a workbook, ``texts`` those written as text,
    ``wrong`` what is neither a number nor empty; ``percents``, ``marks``
    ({"$": 12}), ``credits`` ("Cr" behind it) and ``decimals`` (the most) describe.
    ``grouped`` counts texts with both signs (1.234,50), ``plain`` those with decimals
    only; ``exact`` numbers of a workbook with decimals that no thousands can be.
    """

    point: Point | None = None
    proof: int | None = None
    proof_text: str = ""
    against: int | None = None
    against_text: str = ""
    ambiguous: int = 0
    ambiguous_row: int | None = None
    ambiguous_text: str = ""
    stored: int = 0
    texts: int = 0
    wrong: int = 0
    percents: int = 0
    credits: int = 0
    decimals: int = 0
    decimals_row: int | None = None
    decimals_text: str = ""
    marks: dict[str, int] = field(default_factory=dict)
    grouped: int = 0
    grouped_text: str = ""
    plain: int = 0
    exact: int = 0

    @property
    def is_mixed(self) -> bool:
        """Whether a program has made numbers of some texts with its own decimal sign,
        and has left alone what that doesn't fit: 1.234 became one and some, 1.234,50
        stayed a text, and nothing stored has cents."""
        if not self.grouped or not self.stored or self.exact or self.against:
            return False
        # 12,50 would have become a number, too
        return self.point == "." or not self.plain

    @property
    def is_open(self) -> bool:
        """Whether some cell can be read in two ways, and nothing says in which."""
        return bool(self.ambiguous and (self.point is None or self.against))

    def note(self, row: int, cell: Cell) -> bool:
        """Learn from one cell; return whether it is a number, however read.

        :param row: its row's number, to name what proves something
        """
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            self.stored += 1
            self._note_mark(getattr(cell, "mark", ""))
            if isinstance(cell, float):
                self._note_decimals(row, cell, Decimal(repr(cell)))
                self.exact += _count_decimals(cell) not in (0, 3)
            return True
        written = _read(cell) if isinstance(cell, str) else None
        if written is None:
            self.wrong += 1
            return False
        self.texts += 1
        self.percents += written.percent
        self.credits += written.credit
        self._note_mark(written.mark)
        self._note_point(row, cell, written)
        return True

    def _note_mark(self, mark: str) -> None:
        """Count what stands for a currency beside a number."""
        if mark:
            self.marks[mark] = self.marks.get(mark, 0) + 1

    def _note_point(self, row: int, cell: str, written: _Written) -> None:
        """Learn which sign stands before the decimals, if this cell shows it."""
        if written.is_open:
            self.ambiguous += 1
            if self.ambiguous_row is None:
                self.ambiguous_row, self.ambiguous_text = row, shown(cell)
            return
        self._note_decimals(row, cell, written.value)
        if written.point is not None and written.comma is not None:
            return
        able: Point = "," if written.point is None else "."
        if "," in cell and "." in cell:
            self.grouped += 1
            self.grouped_text = self.grouped_text or shown(cell)
        else:
            self.plain += 1
        if self.point is None:
            self.point, self.proof, self.proof_text = able, row, shown(cell)
        elif self.point != able and self.against is None:
            self.against, self.against_text = row, shown(cell)

    def _note_decimals(self, row: int, cell: Cell, value: Decimal) -> None:
        """Keep where most decimals stand."""
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimals:
            self.decimals, self.decimals_row = -exponent, row
            self.decimals_text = shown(cell)


def amount_of(
    evidence: NumberEvidence, cell: Cell, *, point: Point | None = None
) -> Decimal | Unsettled | Unreadable | None:
    """Read a number that is an amount or a price, as :func:`number_of` does: a share of
    something is none."""
    if isinstance(cell, str) and folded(cell).strip("()+- ").endswith("%"):
        said = _lt("“%(text)s” is a share, and no amount.")
        remark = Remark("share", said, {"text": shown(cell)}, "error")
        return Unreadable(shown(cell), remark)
    return number_of(evidence, cell, point=point)


def number_of(
    evidence: NumberEvidence, cell: Cell, *, point: Point | None = None
) -> Decimal | Unsettled | Unreadable | None:
    """Read a number as its column shows; None for a cell that holds nothing.

    ``16%`` is 0.16; ``(1,234)``, ``1,234-`` and ``1,234 Cr`` are below zero; a
    currency beside the digits is left off (see :func:`currency_mark`). Where a column
    contradicts itself, a cell that only one reading fits is read so, no other.

    :param point: an answer that somebody gave; it counts more than the evidence
    """
    if is_nothing(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = Decimal(repr(cell))
        if evidence.is_mixed and _may_be_another(cell, evidence.point):
            return _either_size(cell, evidence.grouped_text)
        return value if value.is_finite() else _no_number(cell)
    written = _read(cell) if isinstance(cell, str) else None
    if written is None:
        return _no_number(cell)
    if not point and not evidence.against:
        point = evidence.point
    if point:
        value = written.by(point)
        return _other_way(cell, point) if value is None else value
    if not written.is_open:
        return written.value
    return Unsettled(cell, (written.point, written.comma), POINTS)


def currency_mark(cell: Cell) -> str:
    """Return what stands for a currency beside a number: ``$``, ``USD``, ``元``; "" if
    nothing does. A number of a workbook may have it in its format."""
    if mark := getattr(cell, "mark", ""):
        return mark
    written = _read(cell) if isinstance(cell, str) else None
    return written.mark if written else ""


@functools.lru_cache(10_000)
def is_currency(word: str) -> bool:
    """Return whether a word is a currency's code or name."""
    return code_of(word) is not None


def _read(cell: str) -> _Written | None:
    """Take apart what a cell writes; None if it is no number."""
    if len(cell) > LONGEST:
        return None
    if found := _USUAL.fullmatch(cell):
        whole, sign, part = found.groups()
        if not sign:
            value = Decimal(whole) or Decimal(0)
            return _Written(value, value)
        # with three digits behind it, it may as well stand between thousands
        if len(part) != 3 or len(whole) > 3 + (whole[0] == "-"):
            value = Decimal(f"{whole}.{part}") or Decimal(0)
            return _Written(*((value, None) if sign == "." else (None, value)))
    if not has_digit(cell) or _LETTERS.search(cell):
        return None
    text = _ascii_digits(folded(cell).translate(_ALIKE)).strip()
    # by a quote in front, people keep a program from changing what they type
    return _unwrapped(text.removeprefix("'"))


def _ascii_digits(text: str) -> str:
    """Write the digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(char)) if char.isdecimal() else char for char in text
    )


def _unwrapped(text: str) -> _Written | None:
    """Take sign, brackets, percent, side and currency off, each at most once."""
    found: dict[str, str] = {}
    for _peel in range(6):
        if values := _values(text):
            break
        for name, rest in _peeled(text):
            if name not in found:
                found[name] = name if name != "mark" else rest[1]
                text = rest[0].strip()
                break
        else:
            return None
    else:
        values = None
    if not values:
        return None
    minus = ("minus" in found) + ("brackets" in found) + ("credit" in found)
    if minus > 1:
        return None
    point, comma = (_finished(v, minus, "percent" in found) for v in values)
    return _Written(
        point,
        comma,
        "percent" in found,
        found.get("mark", ""),
        "credit" in found,
    )


def _finished(value: Decimal | None, minus: int, percent: bool) -> Decimal | None:
    """Put the sign and the hundred back."""
    if value is None:
        return None
    value = value.scaleb(-2) if percent else value
    return -value if minus and value else value


def _peeled(text: str):
    """Yield (what is at an end of a text, the rest of it); a mark with its own text."""
    if text.startswith("(") and text.endswith(")"):
        yield "brackets", (text[1:-1], "")
    if text.endswith("%"):
        yield "percent", (text[:-1], "")
    if text[:1] in ("+", "-"):
        yield ("minus" if text[0] == "-" else "plus"), (text[1:], "")
    elif text.endswith("-"):
        yield "minus", (text[:-1], "")
    if side := _SIDE.search(text):
        name = "credit" if side["credit"] else "debit"
        yield name, (text[: side.start()], "")
    yield from _marks(text)


def _marks(text: str):
    """Yield the currency at either end of a text, as :func:`_peeled` does."""
    for pattern, at_end in ((_SYMBOL, _SYMBOL_AT_END), (_WORD, _WORD_AT_END)):
        head, tail = pattern.match(text), at_end.search(text)
        for found in filter(None, (head, tail)):
            mark = found[0]
            rest = text[found.end() :] if found is head else text[: found.start()]
            if pattern is _SYMBOL or is_currency(mark):
                yield "mark", (rest, mark)


def _values(body: str) -> tuple[Decimal | None, Decimal | None] | None:
    """Read digits and signs with a point and with a comma; None if neither can."""
    if _PLAIN.fullmatch(body):
        value = Decimal(body)
        return value, value
    if power := _POWER.fullmatch(body):
        whole, sign, part, exponent = power.groups()
        value = Decimal(f"{whole}.{part or 0}e{exponent}")
        value = value.normalize() if value else Decimal(0)
        return tuple(value if sign in (None, p) else None for p in POINTS)
    if not _BODY.fullmatch(body):
        return None
    values = tuple(_value(body, point) for point in POINTS)
    return None if values == (None, None) else values


def _value(body: str, point: Point) -> Decimal | None:
    """Read digits and signs with one decimal sign; None if they can't be."""
    whole, sign, part = body.partition(point)
    if sign and not (part.isascii() and part.isdigit()):
        return None
    if not whole.isdigit():
        groups = _GROUPS.fullmatch(whole)
        if whole and not (groups and groups[1] != point):
            if point != "." or not _LAKHS.fullmatch(whole):
                return None
        whole = re.sub("[^0-9]", "", whole)
    if len(whole) + len(part) > MOST_DIGITS:
        return None
    return Decimal(f"{whole or 0}.{part}" if part else whole)


def _count_decimals(cell: float) -> int:
    """Return how many decimals a number of a workbook has."""
    if float(cell).is_integer():
        return 0
    exponent = Decimal(repr(cell)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _may_be_another(cell: float, point: Point | None) -> bool:
    """Whether a number of a workbook may have been a text with the other sign: 1.234
    was 1234, and 1250 was 12,50 in a list with decimal commas."""
    if _count_decimals(cell) == 3:
        return True
    return point == "," and float(cell).is_integer() and abs(cell) >= 10


def _either_size(cell: float, text: str) -> Unreadable:
    """Return what is said of a number that a program may have made of a text."""
    sentence = _lt(
        "“%(number)s” may have been another number: “%(text)s” in this column is a "
        "text, so a spreadsheet program may have read the others with the wrong "
        "decimal sign. Save the list anew with its numbers as text."
    )
    values = {"number": shown(cell), "text": text}
    return Unreadable(shown(cell), Remark("mixed_numbers", sentence, values, "error"))


def _no_number(cell: Cell) -> Unreadable:
    """Return what is said of a cell that is no number."""
    if isinstance(cell, Trouble):
        return Unreadable(str(cell), trouble_remark(cell))
    sentence = _lt("“%(text)s” is no number.")
    if isinstance(cell, datetime.date):
        sentence = _lt("“%(text)s” is a day where a number is expected.")
    return Unreadable(shown(cell), Remark("no_number", sentence, {"text": shown(cell)}))


def _other_way(cell: str, point: Point) -> Unreadable:
    """Return what is said of a number that is written otherwise than its column."""
    remark = Remark(
        "other_decimal_sign",
        _lt(
            "“%(text)s” can't be read: decimals follow a “%(sign)s” in this column. "
            "Write it as the other cells are."
        ),
        {"text": shown(cell), "sign": point},
        "error",
    )
    return Unreadable(shown(cell), remark)


def trouble_remark(cell: Trouble) -> Remark:
    """Return what is said of a cell that holds no value, without a place."""
    sentence = {
        "error": _lt("“%(text)s” is an error of the sheet's formulas, and no value."),
        "formula": _lt(
            "A formula has no result in the file: open it in a spreadsheet program, "
            "and save it."
        ),
        "serial": _lt(
            "The day is stored as number %(text)s, where Excel's count of days is "
            "wrong or has none: write the day as text, such as 1999-12-31."
        ),
    }[cell.reason]
    return Remark(f"cell_{cell.reason}", sentence, {"text": cell.text}, "error")
