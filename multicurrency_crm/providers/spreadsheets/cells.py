"""What a cell of a spreadsheet may hold, whatever kind of file it stands in."""

import datetime
import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

#: how much of a cell a sentence repeats
SHOWN = 40
#: what people write for "nothing", besides leaving the cell empty
NOTHING = frozenset({"", "-", "--", "---", "–", "—", "/", "n/a", "na", "nil", "null"})
#: those of them that are zero where an amount belongs
DASHES = frozenset({"-", "--", "---", "–", "—", "nil"})


_LONGEST_NOTHING = 6
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell that holds no value, and why.

    ``reason``: ``error`` (``#DIV/0!``), ``formula`` (one without a stored result) or
    ``serial`` (a day that Excel's count of days doesn't have, or has wrongly: before
    March 1900). ``text`` is what people see there, or the count.
    """

    reason: Literal["error", "formula", "serial"]
    text: str

    def __str__(self) -> str:
        """Return what people see in the cell."""
        return self.text


#: a number that a workbook stores is a float or an int; texts are stripped
Cell = (
    str
    | float
    | bool
    | datetime.date
    | datetime.time
    | datetime.timedelta
    | Trouble
    | None
)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as the file has it; ``number`` as people count it, from 1. ``hidden``: a
    filter, or somebody, has hidden it from who looks at the file."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


def is_dash(cell: Cell) -> bool:
    """Return whether a cell writes zero as accountants do: a dash, or nil."""
    return isinstance(cell, str) and folded(cell).lower() in DASHES


def is_empty(cell: Cell) -> bool:
    """Return whether a cell holds nothing; a dash is something."""
    return cell is None or cell == ""


def has_digit(cell: str) -> bool:
    """Return whether there is a digit in a text."""
    return _DIGIT.search(cell) is not None


def folded(cell: Cell) -> str:
    """Return a text in half width and without blanks around it; "" for no text."""
    if not isinstance(cell, str):
        return ""
    # nearly all cells are ASCII, which NFKC leaves alone
    return cell.strip() if cell.isascii() else _half_width(cell)


@functools.lru_cache(10_000)
def _half_width(text: str) -> str:
    """Write a text in half width."""
    return unicodedata.normalize("NFKC", text).strip()


def is_nothing(cell: Cell) -> bool:
    """Return whether a cell is empty or says that there is nothing."""
    if cell is None:
        return True
    return (
        isinstance(cell, str)
        and len(cell) <= _LONGEST_NOTHING
        and folded(cell).lower() in NOTHING
    )


def shown(cell: Cell) -> str:
    """Return as much of a cell as a sentence repeats."""
    return ("" if cell is None else str(cell))[:SHOWN]


def letter_of(index: int) -> str:
    """Return what a spreadsheet program writes above a column: A, Z, AA."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(65 + rest) + letters
        index -= 1
    return letters
