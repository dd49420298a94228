"""The text files of the Czech bank, in English (13.304) and in Czech (13,304).

From 1999 to 2001 a day has a second block behind an empty line: the currencies that the
euro was replacing, at their fixed ratios to it.
"""

import datetime
import re
from collections.abc import Iterator

from ..errors import FormatError, _lt
from ..reading import SHOWN, date_in, english_date, plain

#: the bank writes three decimals: with fewer, the end of the file is missing
_FIGURE = re.compile(r"[0-9]+[.,][0-9]{3}")
#: the first line of a day, "06 Mar 2026 #46": the date and the number in the year
_TITLE = re.compile(r"(.{8,15}?) {1,2}#[0-9]{1,3}")


def read_text(text: str) -> Iterator[tuple[str, str, datetime.date, str]]:
    """Read a day (its date on top, a currency a line) or a year (a day a line).

    :return: code, figure with a decimal point, day, and units as published
    :raises FormatError: cut off, or another file
    """
    day, columns, names = None, [], []
    lines = [line.strip().split("|") for line in text.strip().split("\n")]
    if title := _TITLE.fullmatch(lines[0][0]):
        # the names of the columns follow, in either language
        day, names, lines = _day(title[1]), next(iter(lines[1:2]), []), lines[2:]
    for cells in lines:
        if day and cells in ([""], names):
            # the other block, under the same names
            continue
        if day and len(cells) == 5:
            yield _row(*cells[2:], day)
        elif cells[0] in ("Date", "Datum"):
            # once more where currencies come or go during the year
            columns = [cell.partition(" ") for cell in cells[1:]]
        elif len(cells) == len(columns) + 1 > 1:
            date = _day(cells[0])
            for (units, _blank, code), figure in zip(columns, cells[1:], strict=True):
                yield _row(units, code, figure, date)
        else:
            raise _not_ours("|".join(cells))


def _row(units: str, code: str, figure: str, day: datetime.date):
    """Return a row, whose figure has to be whole."""
    if not _FIGURE.fullmatch(figure):
        raise _not_ours(figure)
    return code, plain(figure), day, units


def _day(text: str) -> datetime.date:
    """Read a date in either language."""
    if any(map(str.isalpha, text)):
        return english_date(text.replace(".", " "))
    return date_in(text, "%d.%m.%Y")


def _not_ours(said: str) -> FormatError:
    """Return the error for another file."""
    return FormatError(
        _lt("This isn't a file with rates of the Czech bank: “%(text)s”."),
        text=said[:SHOWN],
    )
