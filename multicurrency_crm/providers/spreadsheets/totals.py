"""What a row below the header is: data, the rest of a document, a caption, a total of
rows above, or a note below the table.

A total is known by what it is called and by what it sums; one that is called so and
doesn't sum is named with the difference.
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from ..currency_names import code_of
from ..errors import _lt
from .balances import is_balance
from .captions import currency_said
from .cells import Cell, RawRow, folded, is_empty, shown
from .columns import MOST, Column
from .numbers import number_of
from .remarks import Remark
from .sums import TOLERANCE, Sums

RowKind = Literal["data", "continuation", "group", "total", "footer"]
#: most rows that are told apart from data
MOST_SPECIAL = 300_000
_LONGEST_NAME = 60
#: how many rows a sentence lists
_LISTED = 10
_NAMES = (
    r"(?:grand|sub|report|page|overall)?[ -]?totals?|sums?|summe|gesamt(?:summe)?|"
    r"zwischensumme|sous-total|total g[ée]n[ée]ral|suma|subtotal|totale|totaal|итого|"
    r"合计|总计|小计|累计|共计|总额|本页合计|本月合计|本年累计|"
    r"合計|總計|小計|累計|总 ?计|合 ?计|小 ?计"
)
_ONLY_NAME = re.compile(rf"[\W_]*(?:{_NAMES})[\W_]*", re.IGNORECASE)
_NAME_FIRST = re.compile(
    rf"[\W_]*(?:{_NAMES})(?=[\W_]|[\u4e00-\u9fff])|.*(?:小计|合计|总计|小計|合計)[\W_]*$"
    r"|.*\b(?:sub)?total[\W_]*$",
    re.IGNORECASE,
)
#: words that a total may add to its name
_CODES = re.compile(r"[A-Za-z]{3}(?![A-Za-z])|[\u4e00-\u9fff]{2,4}")
#: titles of columns that nobody sums
_NOT_SUMMED = re.compile(
    r"\brate\b|\bprice\b|%|percent|汇率|单价|税率|折扣率|天数|序号"
)
_GRAND = re.compile(r"grand|overall|report|general|总|總|累|共", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One row as it is looked at: numbers by column, other texts by column."""

    number: int
    numbers: dict[int, Decimal]
    texts: dict[int, str]

    @property
    def label(self) -> str:
        """Return its first text."""
        return next(iter(self.texts.values()), "")

    @property
    def first_texts(self) -> list[str]:
        """Return where a total's name stands, if it has one: its first texts."""
        return list(itertools.islice(self.texts.values(), 2))


@dataclass(frozen=True, slots=True)
class _Lone:
    """A row with one text only, and where it stands.

    ``gap``: behind empty rows. ``leads``: the data row below leaves its column empty;
    None where none follows.
    """

    number: int
    column: int
    text: str
    gap: bool
    leads: bool | None = None


@dataclass(slots=True)
class Sorter:
    """Tells rows apart while they pass by, once.

    ``special``: {row number: what it is} of all that aren't data. ``balances`` are rows
    that say what the list opens or closes with. ``wide`` are rows with a cell that is
    merged over others.
    """

    columns: tuple[Column, ...]
    rows: int
    sheet: str
    wide: frozenset[int] = frozenset()
    special: dict[int, RowKind] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    balances: list[RawRow] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)
    _numbers: dict[int, Column] = field(default_factory=dict)
    _summed: set[int] = field(default_factory=set)
    _currency: int | None = None
    _lone: list[_Lone] = field(default_factory=list)
    _last: int = 0
    _last_data: int = 0
    _head: frozenset[int] = frozenset()
    _usual: int = 0

    def __post_init__(self):
        for column in self.columns:
            if column.kind in ("number", "open"):
                self._numbers[column.index] = column
                if not _NOT_SUMMED.search(column.title.lower()):
                    self._summed.add(column.index)
            elif self._currency is None and _holds_currencies(column):
                self._currency = column.index

    def note(self, row: RawRow) -> None:
        """Look at the next row."""
        seen = self._look_at(row)
        kind = self._kind(seen, row)
        gap, self._last = row.number > self._last + 1, row.number
        if kind == "lone":
            if len(self._lone) < MOST_SPECIAL:
                at = next(iter(seen.texts))
                self._lone.append(_Lone(row.number, at, seen.label, gap))
            return
        if kind in ("data", "continuation"):
            self._last_data = row.number
            if self._lone and self._lone[-1].leads is None:
                at = self._lone[-1].column
                empty = at >= len(row.cells) or is_empty(row.cells[at])
                self._lone[-1] = replace(self._lone[-1], leads=empty)
            self.sums.add(seen.numbers, self._code_in(row))
        self._mark(row.number, kind)

    def done(self) -> None:
        """Settle what only the end of the sheet says: single texts are captions where
        data follows, else notes, unless they are data of which all else is empty."""
        for lone in self._lone:
            if self._is_data(lone):
                self.counts["data"] += 1
            else:
                is_below = lone.number > self._last_data
                self._mark(lone.number, "footer" if is_below else "group")
        self._note_left_out()

    def _is_data(self, lone: _Lone) -> bool:
        """Whether a single text is a row like others: a name in the column of names.

        A list with totals has captions, too.
        """
        column = self.columns[lone.column]
        if currency_said(lone.text, is_caption=True) and not _holds_currencies(column):
            return False
        is_note = len(lone.text) > _LONGEST_NAME or re.search("[:：]", lone.text)
        is_apart = lone.gap and lone.number > self._last_data
        if is_note or is_apart or lone.leads or lone.number in self.wide:
            return False
        is_name = column.title and column.kind in ("text", "identifier")
        most = column.evidence.filled >= self.rows * MOST
        return bool(is_name and most and not self.counts["total"])

    def _note_left_out(self) -> None:
        """Say which rows are no data."""
        sentences = {
            "group": _lt("Rows taken for captions, not for data: %(rows)s."),
            "total": _lt("Rows taken for totals, not for data: %(rows)s."),
        }
        for kind, sentence in sentences.items():
            rows = [number for number, said in self.special.items() if said == kind]
            if rows:
                shown_rows = ", ".join(map(str, sorted(rows)[:_LISTED]))
                if len(rows) > _LISTED:
                    shown_rows = f"{shown_rows} …"
                values = {"rows": shown_rows}
                self.remarks.append(Remark(kind, sentence, values, "note", self.sheet))

    def _mark(self, number: int, kind: RowKind) -> None:
        """Keep what a row is."""
        self.counts[kind] += 1
        if kind != "data" and len(self.special) < MOST_SPECIAL:
            self.special[number] = kind

    def _look_at(self, row: RawRow) -> _Seen:
        """Read the numbers of a row; what else is in it are texts."""
        numbers, texts = {}, {}
        for index, cell in enumerate(row.cells):
            if is_empty(cell):
                continue
            value = cell
            if index in self._numbers:
                value = number_of(self._numbers[index].evidence.numbers, cell)
            if isinstance(value, Decimal):
                if index in self._summed:
                    numbers[index] = value
            elif value is not None:
                texts[index] = folded(cell) if isinstance(cell, str) else shown(cell)
        return _Seen(row.number, numbers, texts)

    def _code_in(self, row: RawRow) -> str:
        """Return the currency of a row; "" if it names none."""
        if self._currency is None or self._currency >= len(row.cells):
            return ""
        return code_of(folded(row.cells[self._currency])) or ""

    def _kind(self, seen: _Seen, row: RawRow) -> str:
        """Say what a row is; ``lone`` where only those below can tell."""
        if len(seen.texts) == 1 and not seen.numbers and len(self.columns) > 1:
            return "total" if _ONLY_NAME.fullmatch(seen.label) else "lone"
        if len(seen.numbers) == 1 and is_balance(seen.label):
            self.balances.append(row)
            return "total"
        if self._is_total(seen):
            self._note_total(seen)
            return "total"
        filled = {at for at, cell in enumerate(row.cells) if not is_empty(cell)}
        # a document's further lines have figures of their own
        if seen.numbers and self._is_continuation(filled):
            return "continuation"
        self._head = frozenset(filled)
        self._usual = len(seen.texts)
        return "data"

    def _is_total(self, seen: _Seen) -> bool:
        """Whether a row sums those above it, by its name or by its figures."""
        if not seen.numbers:
            return False
        names = [text for text in seen.first_texts if len(text) <= _LONGEST_NAME]
        if any(map(_ONLY_NAME.fullmatch, names)):
            return True
        # a list of two columns has one text in each of its rows
        few = len(seen.texts) <= 1 and len(seen.texts) < self._usual
        named = any(map(_NAME_FIRST.match, names))
        if not named and not (few and any(seen.numbers.values())):
            return False
        ties = bool(self.sums.find_scope(seen.numbers, self._codes(seen)))
        count = self.sums.count
        if named:
            # Total is a company, too
            return few or ties and count > 2
        # who has a name may owe what others owe together
        if ties and not seen.texts and (count > 2 or len(seen.numbers) > 1 < count):
            return True
        # a summary below repeats the totals above it
        return self.sums.is_repeated(seen.numbers)

    def _note_total(self, seen: _Seen) -> None:
        """Begin anew behind a total, and say if it doesn't sum."""
        codes = self._codes(seen)
        is_grand = bool(_GRAND.search(seen.label))
        scope = self.sums.find_scope(seen.numbers, codes)
        if not scope and self.sums.count and not self.sums.is_repeated(seen.numbers):
            self._note_difference(seen, self.sums.expected(codes, is_grand=is_grand))
        self.sums.end(scope, is_grand=is_grand)

    def _codes(self, seen: _Seen) -> list[str]:
        """Return the currencies that a row names, if the table has them in a column."""
        if self._currency is None:
            return []
        words = (word for text in seen.texts.values() for word in _CODES.findall(text))
        return [code for code in map(code_of, words) if code]

    def _note_difference(self, seen: _Seen, sums: Counter) -> None:
        """Say by how much a total differs from what stands above it."""
        at, value = next(
            (at, value)
            for at, value in seen.numbers.items()
            if abs(value - sums[at]) > TOLERANCE
        )
        sentence = _lt(
            "Row %(row)s, “%(label)s”: column “%(column)s” says %(said)s, the rows "
            "above it sum to %(sum)s."
        )
        values = {
            "row": seen.number,
            "label": shown(seen.label),
            "column": self.columns[at].name,
            "said": value,
            "sum": sums[at],
        }
        self.remarks.append(
            Remark(
                "total_differs", sentence, values, "ask", self.sheet, seen.number, at
            )
        )

    def _is_continuation(self, filled: set[int]) -> bool:
        """Whether a row leaves the head of its document to the row above.

        Two or more of the first cells that the last head fills are empty, or one that
        many rows leave empty.
        """
        if not filled or not self._head:
            return False
        missing = {at for at in self._head if at < min(filled)}
        if len(missing) != 1:
            return len(missing) > 1
        column = next(c for c in self.columns if c.index == min(missing))
        return column.evidence.filled < self.rows * 0.8


def _holds_currencies(column: Column) -> bool:
    """Whether a column says of each row in which currency it is."""
    samples = column.evidence.samples
    return bool(samples) and all(code_of(folded(cell)) for cell in samples)


def is_total_name(cell: Cell) -> bool:
    """Return whether a text is what a total is called, and nothing else."""
    text = folded(cell)
    return 0 < len(text) <= _LONGEST_NAME and bool(_ONLY_NAME.fullmatch(text))
