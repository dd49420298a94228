"""What the cells of a column show, gathered while rows pass by."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from .cells import (
    Cell,
    Trouble,
    folded,
    has_digit,
    is_empty,
    is_nothing,
    letter_of,
    shown,
)
from .dates import DateEvidence, Order, days_in, is_month
from .identifiers import IdentifierEvidence, is_name_title
from .numbers import (
    NumberEvidence,
    Point,
    is_currency,
)

ColumnKind = Literal["text", "number", "date", "identifier", "empty", "open"]
#: the share of a column's cells that makes it what they are
MOST = 0.8
_SAMPLES = 5
_DATE_TITLE = re.compile(r"date|datum|fecha|日期|时间|日$|day|fällig|échéance|due")
_FIRST_WORD = re.compile(r"[A-Za-z]{4,}(?= )")
_FORMULA_SIGNS = "=@+-"
_FORMULA = re.compile(r"=(?!\")|@|[+-](?=[A-Za-z@=(])")


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
    most = evidence.filled * MOST
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


def title_of(cell: Cell) -> str:
    """Return a cell of the header as a title: on one line, half width."""
    text = folded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
    return " ".join(text.split())
