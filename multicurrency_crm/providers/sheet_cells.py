"""Figures, days and units as people write them into a sheet.

What two conventions read differently (1.234, 03/02/2026) is settled by another cell of
the sheet that only one of them can read, or refused.
"""

import datetime
import re

from ..engine.rates import FIRST_DAY, LAST_DAY
from .currency_names import code_of
from .errors import FormatError, _lt
from .reading import NO_RATE, plain
from .sheet_layout import WANTED, find
from .spreadsheets.cells import Cell, folded, shown
from .spreadsheets.dates import Days, days_in

MOST_UNITS = 1_000_000_000
_YEAR = re.compile(r"([0-9]{4})(?:\.0)?年?")
_UNITS = re.compile(r"([0-9]{1,10})(?:\.0+)?")
#: what one convention reads as thousands, and the other as three decimals
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
#: what can say which sign stands before the decimals
_FIGURE = re.compile(r"[+-]?[.,]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]{1,2})?")


class UnsettledError(Exception):
    """A cell that two conventions read differently, and no other one has settled yet.

    ``wrong`` is the error, if none ever does.
    """

    def __init__(self, wrong: FormatError | None = None):
        super().__init__()
        self.wrong = wrong


class Cells:
    """The conventions of one sheet, as its cells show them one by one.

    :param decimal_comma: whether texts may write figures with a decimal comma
    :param latest: the last day that a rate may be of
    """

    def __init__(self, decimal_comma: bool, latest: datetime.date = LAST_DAY):
        self.latest = latest
        #: the sign in front of the decimals; "" until a figure has shown it
        self.point = "" if decimal_comma else "."
        #: "dmy" or "mdy" as a day has shown it: 03/02/2026 begins with the day or not
        self.order: str | None = None

    def figure(self, number: int, title: str, cell: Cell) -> str:
        """Return a figure as text, with a decimal point; "" if there is none.

        :raises UnsettledError: another figure must say how to read this one
        """
        if cell is None:
            return ""
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise wrong(number, title, "rate", cell)
        if not isinstance(cell, str):
            # the shortest text of a float is what was typed; XLS has floats only
            return repr(cell).removesuffix(".0")
        text = folded(cell)
        if text.upper() in NO_RATE:
            return text
        self._settle_point(number, title, cell, text)
        for sign in set(text) & {",", "."}:
            thousands = sign != self.point or text.count(sign) > 1
            if thousands:
                raise wrong(number, title, "rate", cell)
        return plain(text, self.point or ".")

    def _settle_point(self, number: int, title: str, cell: Cell, text: str) -> None:
        """Learn from a figure which sign stands before the decimals in this sheet.

        Where no comma stands between columns, 1.234 is one and a bit, or a thousand: a
        figure that can be read in one way only says it for all.

        :raises UnsettledError: this one can be read in two, and none has said it yet
        """
        signs = set(text) & {",", "."}
        if self.point or not signs:
            return
        if not _FIGURE.fullmatch(text):
            raise wrong(number, title, "rate", cell)
        if _TWO_WAYS.fullmatch(text):
            raise UnsettledError(
                FormatError(
                    _lt(
                        "Row %(row)s, column “%(column)s”: “%(text)s” is read as "
                        "thousands in some countries and as decimals in others, and "
                        "no other figure of the sheet says which: write it with four "
                        "decimals, or without a sign between thousands."
                    ),
                    row=number,
                    column=title,
                    text=shown(cell),
                )
            )
        # of two signs the last one stands before the decimals
        self.point = max(signs, key=text.rindex)

    def day(self, number: int, title: str, cell: Cell, period: str) -> datetime.date:
        """Read the day of a row; a year's is its first.

        :param period: ``date`` or ``year``
        :raises UnsettledError: another day must say how to read this one
        :raises FormatError: no day, or none that a rate can be of
        """
        day = self._read_day(number, title, cell, period)
        if FIRST_DAY <= day <= self.latest:
            return day
        raise FormatError(
            _lt(
                "Row %(row)s, column “%(column)s”: “%(text)s” can't be the day of a "
                "rate, such days are from %(first)s to %(last)s: correct the year."
            ),
            row=number,
            column=title,
            text=shown(cell),
            first=FIRST_DAY.isoformat(),
            last=self.latest.isoformat(),
        )

    def _read_day(self, number, title, cell, period) -> datetime.date:
        """Read a day as :meth:`day` does, whichever it is."""
        is_date = isinstance(cell, datetime.date)
        text = folded(cell) if isinstance(cell, str) else str(cell or "")
        try:
            if period == "year":
                found = _YEAR.fullmatch(text)
                return datetime.date(cell.year if is_date else int(found[1]), 1, 1)
            if is_date:
                return datetime.date(cell.year, cell.month, cell.day)
            days = days_in(text)
            return days.values["dmy"] if days.free else self._settle_order(days)
        except UnsettledError as unsettled:
            unsettled.wrong = _either_way(number, title, text, days)
            raise
        except (AttributeError, TypeError, ValueError):
            raise wrong(number, title, period, cell) from None

    def _settle_order(self, days: Days) -> datetime.date:
        """Read a day in front of or behind its month, as the sheet has shown.

        :raises ValueError: the other way than the sheet has shown, or a short year
        :raises UnsettledError: none has shown it yet
        """
        if days.short:
            raise ValueError
        able = [order for order in ("dmy", "mdy") if days.values[order]]
        if len(able) == 1:
            if self.order not in (None, *able):
                raise ValueError
            [self.order] = able
        if self.order is None and len({*map(days.values.get, able)}) > 1:
            raise UnsettledError
        return days.values[self.order or able[0]]

    def units(self, number: int, title: str, cell: Cell) -> int | None:
        """Read for how many units a rate is; None for an empty cell.

        :raises UnsettledError: another figure must say how to read this one
        """
        if cell is None or cell == "":
            return None
        text = "" if isinstance(cell, bool) else str(cell)
        if isinstance(cell, str):
            text = folded(cell)
            if _TWO_WAYS.fullmatch(text):
                self._settle_point(number, title, cell, text)
                sign = "," if "," in text else "."
                text = text.replace(sign, "." if sign == self.point else "")
        found = _UNITS.fullmatch(text)
        nominal = int(found[1]) if found else 0
        if not 1 <= nominal <= MOST_UNITS:
            raise wrong(number, title, "nominal", cell)
        return nominal


def _either_way(number: int, title: str, text: str, days: Days) -> FormatError:
    """Return the error for a day that two orders read differently."""
    return FormatError(
        _lt(
            "Row %(row)s, column “%(column)s”: “%(text)s” begins with the day in some "
            "countries and with the month in others, and no other day of the sheet "
            "says which: write it as %(one)s or %(other)s."
        ),
        row=number,
        column=title,
        text=text,
        one=days.values["mdy"].isoformat(),
        other=days.values["dmy"].isoformat(),
    )


def currency(number: int, title: str, name: str, cell: Cell) -> str:
    """Read a currency's code or name; codes that nobody knows are codes, too.

    :param name: ``currency`` or ``base``
    """
    text = folded(cell) if isinstance(cell, str) else ""
    code = code_of(text) or text.upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise wrong(number, title, name, cell)
    return code


def choice(number: int, title: str, name: str, cell: Cell, words) -> str | None:
    """Read one of some words; None for an empty cell.

    :param words: {value: words for it}
    """
    if cell is None or cell == "":
        return None
    if found := find(cell, words):
        return found
    raise wrong(number, title, name, cell)


def wrong(number: int, title: str, name: str, cell: Cell) -> FormatError:
    """Return the error for one cell, with what belongs there.

    :param title: how the sheet calls the column
    :param name: how we call it; see :data:`.sheet_layout.WANTED`
    """
    return FormatError(
        _lt("Row %(row)s, column “%(column)s”: “%(text)s” is wrong, %(wanted)s."),
        row=number,
        column=title,
        text=shown(cell),
        wanted=WANTED[name],
    )
