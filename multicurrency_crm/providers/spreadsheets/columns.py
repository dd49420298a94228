"""What the cells of a column show, gathered while rows pass by."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ..errors import _lt
from .cells import Cell, Trouble, folded, has_digit, is_empty, is_nothing, letter_of, shown
from .dates import ORDERS, DateEvidence, Order, day_of, days_in, is_month
from .identifiers import IdentifierEvidence, is_name_title, is_phone_title
from .numbers import (
    POINTS,
    NumberEvidence,
    Point,
    Unsettled,
    is_currency,
    number_of,
)
from .remarks import Remark

ColumnKind = Literal["text", "number", "date", "identifier", "empty", "open"]
#: the share of a column's cells that makes it what they are
_MOST = 0.8
#: more decimals than any amount or price has
_MANY_DECIMALS = 6
_SAMPLES = 5
_DATE_TITLE = re.compile(r"date|datum|fecha|日期|时间|日$|day|fällig|échéance|due")
_SCALED_TITLE = re.compile(
    r"[万千百億亿]元|[（(\s](?:万|千|百万|亿|'000|000s?|thousands?|k|tsd\.?|mio\.?)"
    r"[^()（）]{0,4}[)）]|\bin thousands\b",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"[A-Za-z]{4,}(?= )")
_FORMULA_SIGNS = "=@+-"
_FORMULA = re.compile(r"=(?!\")|@|[+-](?=[A-Za-z@=(])")
ORDER_NAMES = {
    "dmy": _lt("day first"),
    "mdy": _lt("month first"),
    "ymd": _lt("year first"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered on one column; None: nothing."""

    point: Point | None = None
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all cells of a column show: how many hold something, and what they are.

    ``filled`` counts cells with something in them, below the header; ``samples`` are
    the first different ones. ``errors`` counts cells that hold no value, ``formulas``
    texts that look like formulas, with the first row of either.
    """

    filled: int = 0
    numbers: NumberEvidence = field(default_factory=NumberEvidence)
    dates: DateEvidence = field(default_factory=DateEvidence)
    identifiers: IdentifierEvidence = field(default_factory=IdentifierEvidence)
    samples: tuple[Cell, ...] = ()
    errors: int = 0
    error_row: int | None = None
    error_text: str = ""
    formulas: int = 0
    formula_row: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``title`` as people read it ("" if it has none), ``technical`` the
    name from a second header row of technical names.

    ``kind`` is what its cells look like; ``open`` where numbers or days can be read in
    two ways. Numbers and days are read by :func:`.numbers.number_of` with
    ``evidence.numbers`` and :func:`.dates.day_of` with ``evidence.dates``, whatever the
    kind.
    """

    index: int
    title: str
    technical: str
    kind: ColumnKind
    evidence: Evidence

    @property
    def letter(self) -> str:
        """Return what a spreadsheet program writes above the column."""
        return letter_of(self.index)

    @property
    def name(self) -> str:
        """Return how a sentence calls it: by its title, else by its letter."""
        return self.title or self.letter


class Gatherer:
    """Collects the evidence of one column."""

    def __init__(self, epoch_1904: bool, answer: Answer | None):
        self.answer = answer or Answer()
        self.filled = 0
        self.numbers = NumberEvidence()
        self.dates = DateEvidence(epoch_1904=epoch_1904)
        self.identifiers = IdentifierEvidence()
        self.samples: dict[str, Cell] = {}
        self.errors = self.formulas = 0
        self.error_row: int | None = None
        self.error_text = ""
        self.formula_row: int | None = None

    def note(self, row: int, cell: Cell) -> None:
        """Learn from one cell.

        :param row: its row's number
        """
        if is_nothing(cell):
            return
        self.filled += 1
        if len(self.samples) < _SAMPLES:
            self.samples.setdefault(shown(cell), cell)
        if isinstance(cell, Trouble):
            self.errors += 1
            if self.error_row is None:
                self.error_row, self.error_text = row, cell.text
            return
        if not isinstance(cell, str):
            self._note_value(row, cell)
            return
        if cell[0] in _FORMULA_SIGNS and _FORMULA.match(cell):
            self.formulas += 1
            self.formula_row = self.formula_row or row
        if _is_prose(cell):
            self.dates.wrong += 1
            self.numbers.wrong += 1
        else:
            self._note_value(row, cell)

    def _note_value(self, row: int, cell: Cell) -> None:
        """Learn from a cell that may be a number, a day, or a name of digits."""
        self.identifiers.note(row, cell)
        if not self.dates.note(row, cell):
            self.numbers.note(row, cell)

    def column(self, index: int, title: str, technical: str) -> Column:
        """Return the column that was seen."""
        if self.answer.point:
            self.numbers = replace(self.numbers, point=self.answer.point, against=None)
        if self.answer.order:
            orders = frozenset({self.answer.order})
            self.dates = replace(self.dates, orders=orders, against=None)
        evidence = Evidence(
            self.filled,
            self.numbers,
            self.dates,
            self.identifiers,
            tuple(self.samples.values()),
            self.errors,
            self.error_row,
            self.error_text,
            self.formulas,
            self.formula_row,
        )
        kind = _kind_of(evidence, title or technical)
        return Column(index, title, technical, kind, evidence)


def _is_prose(cell: str) -> bool:
    """Whether a text is neither a number nor a day at first sight, as most are: it has
    no digit, or begins with a word that is no month and no currency."""
    if not has_digit(cell):
        return True
    word = _FIRST_WORD.match(cell)
    return bool(word) and not is_month(word[0].lower()) and not is_currency(word[0])


def looks_like_value(cell: Cell) -> bool:
    """Return whether a cell is a number or a day rather than a name of one."""
    if not isinstance(cell, str):
        return not is_empty(cell)
    return bool(days_in(cell)) or not is_nothing(cell) and _is_number(cell)


def _is_number(cell: str) -> bool:
    """Whether a text is a number, however read."""
    return NumberEvidence().note(0, cell)


def _kind_of(evidence: Evidence, title: str) -> ColumnKind:
    """Return what the cells of a column look like."""
    numbers, dates, names = evidence.numbers, evidence.dates, evidence.identifiers
    most = evidence.filled * _MOST
    if not evidence.filled:
        return "empty"
    if dates.stored + dates.texts >= most:
        return "open" if dates.is_open else "date"
    uncertain = dates.joined + dates.serials
    if dates.stored + dates.texts + uncertain >= most and (
        dates.stored + dates.texts or _DATE_TITLE.search(title.lower())
    ):
        return "open" if dates.is_open else "date"
    digits = numbers.stored + numbers.texts
    if digits >= most and (names.zeros or names.powers or names.long * 2 > digits):
        return "identifier"
    if is_name_title(title) and (digits + names.codes) * 2 >= evidence.filled:
        return "identifier"
    if digits >= most:
        return "open" if numbers.is_open else "number"
    return "identifier" if names.codes >= most else "text"


# what is said of columns


def column_remarks(
    column: Column, sheet: str, proposals: Mapping, *, is_workbook: bool = False
) -> Iterator[Remark]:
    """Yield what is said of one column.

    :param proposals: ``point`` and ``order`` that all other columns show, or None
    :param is_workbook: whether numbers could have been stored as such
    """
    place = {"sheet": sheet, "column": column.index}
    seen = column.evidence.numbers
    if column.kind == "date" or column.kind == "open" and _has_days(column):
        yield from _date_remarks(column, place, proposals.get("order"))
    elif column.kind in ("number", "open"):
        yield from _number_remarks(column, place, proposals.get("point"))
        if is_workbook and seen.texts > seen.percents:
            yield Remark(
                "numbers_as_text",
                _lt(
                    "Column “%(column)s”: %(count)s numbers are stored as text. They "
                    "are read as numbers."
                ),
                {"column": column.name, "count": seen.texts},
                **place,
            )
    elif column.kind == "identifier":
        yield from _identifier_remarks(column, place)
    yield from _cell_remarks(column, place)


def _has_days(column: Column) -> bool:
    """Whether what is open in a column are its days."""
    dates = column.evidence.dates
    return dates.stored + dates.texts >= column.evidence.filled * _MOST


def _number_remarks(column: Column, place: dict, proposed) -> Iterator[Remark]:
    """Yield what is said of a column of numbers."""
    seen = column.evidence.numbers
    values = {"column": column.name}
    if seen.against:
        yield Remark(
            "two_decimal_signs",
            _lt(
                "Column “%(column)s” writes “%(one)s” in row %(first)s and "
                "“%(other)s” in row %(second)s: which sign stands before the decimals?"
            ),
            {
                **values,
                "one": seen.proof_text,
                "first": seen.proof,
                "other": seen.against_text,
                "second": seen.against,
            },
            "ask",
            row=seen.against,
            readings=POINTS,
            proposed=proposed,
            **place,
        )
    elif seen.is_open:
        unsettled = number_of(NumberEvidence(), seen.ambiguous_text)
        one, other = (
            unsettled.readings if isinstance(unsettled, Unsettled) else ("", "")
        )
        yield Remark(
            "decimal_sign",
            _lt(
                "Column “%(column)s”: “%(text)s” in row %(row)s is %(one)s or "
                "%(other)s, and no other cell of the column says which. Which sign "
                "stands before the decimals?"
            ),
            {
                **values,
                "text": seen.ambiguous_text,
                "row": seen.ambiguous_row,
                "one": one,
                "other": other,
            },
            "ask",
            row=seen.ambiguous_row,
            readings=POINTS,
            proposed=proposed,
            **place,
        )
    yield from _written_remarks(column, place)


def _written_remarks(column: Column, place: dict) -> Iterator[Remark]:
    """Yield what else is said of how numbers are written."""
    seen, values = column.evidence.numbers, {"column": column.name}
    if seen.decimals > _MANY_DECIMALS:
        yield Remark(
            "many_decimals",
            _lt("Column “%(column)s”: “%(text)s” in row %(row)s has %(count)s decimals."),
            {
                **values,
                "text": seen.decimals_text,
                "row": seen.decimals_row,
                "count": seen.decimals,
            },
            row=seen.decimals_row,
            **place,
        )
    if seen.marks:
        yield Remark(
            "currency_marks",
            _lt("Column “%(column)s”: amounts carry %(marks)s."),
            {**values, "marks": ", ".join(sorted(seen.marks))},
            **place,
        )
    if 0 < seen.percents < seen.stored + seen.texts:
        yield Remark(
            "some_percents",
            _lt(
                "Column “%(column)s”: %(count)s of its numbers are written with %%, "
                "the others without."
            ),
            {**values, "count": seen.percents},
            "ask",
            **place,
        )
    if seen.credits:
        yield Remark(
            "credits",
            _lt("Column “%(column)s”: %(count)s amounts marked Cr are read as minus."),
            {**values, "count": seen.credits},
            **place,
        )
    if _SCALED_TITLE.search(column.title):
        yield Remark(
            "scaled",
            _lt(
                "Column “%(column)s” seems to count in thousands or ten thousands: "
                "amounts are read as they stand."
            ),
            values,
            "ask",
            **place,
        )


def _date_remarks(column: Column, place: dict, proposed) -> Iterator[Remark]:
    """Yield what is said of a column of days."""
    seen = column.evidence.dates
    values = {"column": column.name}
    if seen.against:
        yield Remark(
            "two_day_orders",
            _lt(
                "Column “%(column)s”: “%(text)s” in row %(row)s has day and month the "
                "other way round than the rows above. How are its days written?"
            ),
            {**values, "text": seen.against_text, "row": seen.against},
            "ask",
            row=seen.against,
            readings=tuple(order for order in ORDERS if order != "ymd"),
            proposed=proposed,
            **place,
        )
    elif seen.is_open:
        yield _open_order(column, place, proposed)
    elif seen.order and seen.proof and seen.ambiguous:
        yield Remark(
            "day_order",
            _lt(
                "Column “%(column)s”: “%(text)s” can be read in two ways, “%(proof)s” "
                "in row %(row)s can't: %(order)s. That settles %(count)s cells."
            ),
            {
                **values,
                "text": seen.ambiguous_text,
                "proof": seen.proof_text,
                "row": seen.proof,
                "order": ORDER_NAMES[seen.order],
                "count": seen.ambiguous,
            },
            row=seen.proof,
            **place,
        )
    if seen.serials:
        yield Remark(
            "day_counts",
            _lt(
                "Column “%(column)s”: %(count)s days are stored as plain numbers. They "
                "are read as Excel counts days."
            ),
            {**values, "count": seen.serials},
            **place,
        )
    if seen.short_years:
        yield Remark(
            "short_years",
            _lt(
                "Column “%(column)s”: years have two digits. 69 to 99 are read as "
                "1969 to 1999."
            ),
            values,
            **place,
        )
    if seen.times:
        yield Remark(
            "times",
            _lt("Column “%(column)s”: %(count)s cells hold a time without a day."),
            {**values, "count": seen.times},
            "error",
            **place,
        )


def _open_order(column: Column, place: dict, proposed) -> Remark:
    """Return the question in which order a column's days are written."""
    seen = column.evidence.dates
    found = day_of(replace(seen, against=None), seen.ambiguous_text)
    readings = found.readings if isinstance(found, Unsettled) else ()
    answers = found.answers if isinstance(found, Unsettled) else ORDERS
    return Remark(
        "open_day_order",
        _lt(
            "Column “%(column)s”: “%(text)s” in row %(row)s can be %(days)s, and no "
            "other cell of the column says which. How are its days written?"
        ),
        {
            "column": column.name,
            "text": seen.ambiguous_text,
            "row": seen.ambiguous_row,
            "days": " / ".join(day.isoformat() for day in readings),
        },
        "ask",
        row=seen.ambiguous_row,
        readings=answers,
        proposed=proposed if proposed in answers else None,
        **place,
    )


def _identifier_remarks(column: Column, place: dict) -> Iterator[Remark]:
    """Yield what is said of a column of names made of digits."""
    seen, values = column.evidence.identifiers, {"column": column.name}
    title = column.title or column.technical
    if seen.stored and is_phone_title(title):
        yield Remark(
            "phones_as_numbers",
            _lt(
                "Column “%(column)s”: telephone numbers are stored as numbers, leading "
                "zeros may be lost."
            ),
            values,
            **place,
        )
    if seen.lost:
        yield Remark(
            "digits_lost",
            _lt(
                "Column “%(column)s”: the number in row %(row)s has more than 15 "
                "digits, of which a spreadsheet program keeps 15. Check it."
            ),
            {**values, "row": seen.lost_row},
            "error",
            row=seen.lost_row,
            **place,
        )
    if seen.powers:
        yield Remark(
            "digits_lost",
            _lt(
                "Column “%(column)s”: a spreadsheet program has shortened the number in "
                "row %(row)s to “%(text)s”. Format the column as text, and export it "
                "again."
            ),
            {**values, "row": seen.powers_row, "text": seen.powers_text},
            "error",
            row=seen.powers_row,
            **place,
        )


def _cell_remarks(column: Column, place: dict) -> Iterator[Remark]:
    """Yield what is said of cells that hold no value, or look like formulas."""
    seen = column.evidence
    if seen.errors:
        yield Remark(
            "error_cells",
            _lt(
                "Column “%(column)s”: %(count)s cells hold no value, the first is "
                "%(cell)s: %(text)s."
            ),
            {
                "column": column.name,
                "count": seen.errors,
                "cell": f"{column.letter}{seen.error_row}",
                "text": seen.error_text,
            },
            "error",
            row=seen.error_row,
            **place,
        )
    if seen.formulas:
        yield Remark(
            "formula_texts",
            _lt(
                "Column “%(column)s”: %(count)s texts look like formulas, such as the "
                "one in row %(row)s. They stay texts."
            ),
            {
                "column": column.name,
                "count": seen.formulas,
                "row": seen.formula_row,
            },
            row=seen.formula_row,
            **place,
        )


def title_of(cell: Cell) -> str:
    """Return a cell of the header as a title: on one line, half width."""
    text = folded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
    return " ".join(text.split())
