"""Cells that are read as names or texts: what holds no value is none."""

import datetime
import re
from decimal import Decimal

from ..errors import _lt
from .cells import Cell, Trouble, is_nothing, shown
from .identifiers import EXACT_DIGITS, identifier_of
from .numbers import Unreadable, trouble_remark
from .remarks import Remark

#: what a program writes into a text for a cell without a value, or too narrow for it
_ERROR = re.compile(
    r"#(?:N/A|(?:REF|VALUE|DIV/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|UNKNOWN"
    r"|BUSY)!|NAME\?|GETTING_DATA|#{2,})",
    re.IGNORECASE,
)
#: what a program has made of a long number
_POWER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{2}")


def text_of(cell: Cell) -> str | Unreadable | None:
    """Return a cell as a text; None of an empty one.

    :return: :class:`Unreadable` where a formula has no result, or an error
    """
    if cell is None:
        return None
    if isinstance(cell, Trouble):
        return Unreadable(str(cell), trouble_remark(cell))
    if isinstance(cell, str) and _ERROR.fullmatch(cell.strip()):
        return text_of(Trouble("error", cell.strip()))
    if isinstance(cell, int | float):
        return identifier_of(cell)
    return str(cell).strip()


def name_of(cell: Cell) -> str | Unreadable | None:
    """Return a cell as a number or code that is a name, digit by digit; None of one
    that is empty or says that there is none.

    :return: :class:`Unreadable` where it has no value, or has lost digits
    """
    if is_nothing(cell):
        return None
    if isinstance(cell, bool | datetime.date | datetime.time | datetime.timedelta):
        return _remade(cell)
    found = text_of(cell)
    if isinstance(found, Unreadable):
        return found
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number and abs(cell) >= 10**EXACT_DIGITS:
        return _lost(cell, f"{Decimal(cell):.0f}")
    name = identifier_of(cell)
    if isinstance(cell, str) and _POWER.fullmatch(name):
        return _lost(cell, name)
    return name


def _remade(cell: Cell) -> Unreadable:
    """Return what is said of a name that a spreadsheet program has made something else
    of: a day of 5-1, TRUE of a word."""
    sentence = _lt(
        "“%(text)s” is no text in the workbook: a spreadsheet program may have made it "
        "of a number or name. Format the column as text, and enter it again."
    )
    values = {"text": str(cell).upper() if isinstance(cell, bool) else shown(cell)}
    return Unreadable(shown(cell), Remark("remade", sentence, values, "error"))


def _lost(cell: Cell, text: str) -> Unreadable:
    """Return what is said of a number whose last digits aren't kept."""
    sentence = _lt(
        "Of “%(text)s” a spreadsheet program has kept 15 digits at most: format the "
        "column as text, and enter it again."
    )
    remark = Remark("digits_lost", sentence, {"text": text}, "error")
    return Unreadable(shown(cell), remark)
