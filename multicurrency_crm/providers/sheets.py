"""From a sheet in the addon's own layout to quotes; see :mod:`.sheet_layout`."""

import datetime
import re
import unicodedata
from collections.abc import Mapping

from ..engine.rates import KINDS, Quote
from .errors import FormatError, _lt
from .reading import NO_RATE, Quotes, plain
from .sheet_layout import COLUMNS, DIRECTIONS, KIND_WORDS, WANTED, find, shown, words_of
from .workbooks import Cell, Sheet, open_sheet

#: how far down a title may push the row of the names
HEADER_WITHIN = 10
MOST_UNITS = 1_000_000_000
_DAY = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ][0-9:]+)?"
)
_YEAR = re.compile(r"([0-9]{4})(?:\.0)?年?")
_UNITS = re.compile(r"([0-9]{1,10})(?:\.0+)?")
#: what one convention reads as thousands, and the other as three decimals
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


class _UnsettledError(Exception):
    """A figure that two conventions read differently, and no other one has settled
    yet."""

    def __init__(self, wrong: FormatError):
        super().__init__()
        self.wrong = wrong


def read_sheet(
    payload: bytes,
    source: str,
    hints: Mapping[str, object],
    *,
    max_bytes: int,
    periods: tuple[str, ...] = ("date",),
    kind: str | None = None,
) -> list[Quote]:
    """Read every rate of a CSV, XLS or XLSX file in the layout above.

    :param source: code of the adapter
    :param hints: ``base``, a code for the rows that name none; ``refused`` as in
        :meth:`.base.Adapter.parse`
    :param periods: the columns that may say the day, the preferred one first
    :param kind: the only kind that the sheet may hold; None: it says so itself
    :raises FormatError, PayloadTooLarge, NoQuotes: row and column are named
    """
    sheet = open_sheet(payload, max_bytes)
    reader = _Reader(sheet, Quotes(source, "", hints), hints.get("base") or "", kind)
    reader.read_header(periods)
    for number, row in sheet.rows:
        reader.read_row(number, row)
    reader.read_waiting()
    return reader.quotes.done()


class _Reader:
    """One sheet while it is read; ``at`` is where each column stands."""

    def __init__(self, sheet: Sheet, quotes: Quotes, base: object, kind: str | None):
        self.sheet = sheet
        self.quotes = quotes
        self.base = base
        self.kind = kind
        self.at: dict[str, int] = {}
        self.titles: dict[str, str] = {}
        self.period = "date"
        #: the sign in front of the decimals; "" until a figure has shown it
        self.point = "" if sheet.decimal_comma else "."
        #: what was read, to know a row twice from two rates for one day
        self.seen: dict[tuple, tuple[int, object]] = {}
        #: rows whose figures another one must settle: 1.234 is one, or a thousand
        self.waiting: list[tuple[int, list[Cell]]] = []

    def read_header(self, periods: tuple[str, ...]) -> None:
        """Find the row that names the columns."""
        best: tuple[dict[str, int], dict[str, str]] = ({}, {})
        for tried, (_number, row) in enumerate(self.sheet.rows, start=1):
            self._name_columns(row)
            best = max(best, (self.at, self.titles), key=lambda names: len(names[0]))
            if {"currency", "rate"} <= self.at.keys() or tried == HEADER_WITHIN:
                break
        self.at, self.titles = best
        for name in ("currency", "rate", "direction", *([] if self.base else ["base"])):
            self._need(name)
        self.period = next((name for name in periods if name in self.at), periods[0])
        self._need(self.period)

    def _name_columns(self, row: list[Cell]) -> None:
        """Note which column holds what."""
        self.at, self.titles = {}, {}
        for index, cell in enumerate(row):
            name = find(cell, COLUMNS)
            if name and name in self.at:
                raise FormatError(
                    _lt(
                        "“%(first)s” and “%(second)s” are two columns for one thing: "
                        "rename or delete one of them."
                    ),
                    first=self.titles[name],
                    second=shown(cell),
                )
            if name:
                self.at[name], self.titles[name] = index, shown(cell)

    def _need(self, name: str) -> None:
        """Refuse a sheet without this column."""
        if name not in self.at:
            raise FormatError(
                _lt(
                    "The sheet has no column “%(name)s” (%(chinese)s): name it in the "
                    "first row, as the template does."
                ),
                name=name,
                chinese=next(word for word in COLUMNS[name] if not word.isascii()),
            )

    def read_row(self, number: int, row: list[Cell]) -> None:
        """Read one rate; a row whose rate is empty holds none."""
        try:
            self._read_row(number, row)
        except _UnsettledError:
            self.waiting.append((number, row))

    def read_waiting(self) -> None:
        """Read the rows that the rest of the sheet has settled; the first one that
        nothing settles is refused.

        :raises FormatError: with that row
        """
        for number, row in self.waiting:
            try:
                self._read_row(number, row)
            except _UnsettledError as unsettled:
                raise unsettled.wrong from None

    def _read_row(self, number: int, row: list[Cell]) -> None:
        """Read one rate, if its figure can be.

        :raises _UnsettledError: another figure must say how to read this one
        """

        def cell(name: str) -> Cell:
            index = self.at.get(name, len(row))
            return row[index] if index < len(row) else None

        figure = self._figure(number, cell("rate"))
        if figure.upper() in NO_RATE:
            return
        base = self._code(number, "base", cell("base") or self.base)
        currency = self._code(number, "currency", cell("currency"))
        if base == currency:
            raise self._wrong(number, "currency", currency)
        day = self._day(number, cell(self.period))
        direction = find(cell("direction"), DIRECTIONS)
        if not direction:
            raise self._wrong(number, "direction", cell("direction"))
        kind = self._kind(number, cell("kind"))
        nominal = self._nominal(number, cell("nominal"))
        before = len(self.quotes.quotes)
        try:
            self.quotes.add(
                currency,
                figure,
                day,
                nominal=nominal,
                direction=direction,
                kind=kind,
                base=base,
            )
        except FormatError as error:
            raise self._wrong(number, "rate", cell("rate")) from error
        if len(self.quotes.quotes) > before:
            self._keep_one(number)

    def _keep_one(self, number: int) -> None:
        """Drop the quote just added if it was there, refuse it if it was another."""
        quote = self.quotes.quotes[-1]
        key = (quote.date, quote.base, quote.currency, quote.kind)
        first, rate = self.seen.setdefault(key, (number, quote.rate))
        if first == number:
            return
        if rate != quote.rate:
            raise FormatError(
                _lt(
                    "Rows %(first)s and %(second)s give %(currency)s two different "
                    "rates on %(date)s: delete one of them."
                ),
                first=first,
                second=number,
                currency=quote.currency,
                date=quote.date,
            )
        self.quotes.quotes.pop()

    def _figure(self, number: int, cell: Cell) -> str:
        """Return the figure as text, with a decimal point; "" if there is none."""
        if cell is None:
            return ""
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise self._wrong(number, "rate", cell)
        if not isinstance(cell, str):
            # the shortest text of a float is what was typed; XLS has floats only
            return repr(cell).removesuffix(".0")
        text = unicodedata.normalize("NFKC", cell).strip()
        self._settle_point(number, "rate", cell, text)
        for sign in set(text) & {",", "."}:
            thousands = sign != self.point or text.count(sign) > 1
            if thousands:
                raise self._wrong(number, "rate", cell)
        return plain(text, self.point or ".")

    def _settle_point(self, number: int, name: str, cell: Cell, text: str) -> None:
        """Learn from a figure which sign stands before the decimals in this sheet.

        Between semicolons or tabs 1.234 is one and a bit, or a thousand: a figure that
        can be read in one way only says it for all.

        :raises _UnsettledError: this one can be read in two, and none has said it yet
        """
        signs = set(text) & {",", "."}
        if self.point or not signs:
            return
        if _TWO_WAYS.fullmatch(text):
            raise _UnsettledError(
                FormatError(
                    _lt(
                        "Row %(row)s, column “%(column)s”: “%(text)s” is read as "
                        "thousands in some countries and as decimals in others, and "
                        "no other figure of the sheet says which: write it with four "
                        "decimals, or without a sign between thousands."
                    ),
                    row=number,
                    column=self.titles.get(name, name),
                    text=shown(cell),
                )
            )
        # of two signs the last one stands before the decimals
        self.point = max(signs, key=text.rindex)

    def _code(self, number: int, name: str, cell: Cell) -> str:
        """Read the code of a currency."""
        code = words_of(cell).upper() if isinstance(cell, str) else ""
        if not re.fullmatch("[A-Z]{3}", code):
            raise self._wrong(number, name, cell)
        return code

    def _day(self, number: int, cell: Cell) -> datetime.date:
        """Read the day of a row; a year's is its first."""
        is_date = isinstance(cell, datetime.date)
        text = "" if cell is None else unicodedata.normalize("NFKC", str(cell))
        try:
            if self.period == "year":
                found = _YEAR.fullmatch(text)
                return datetime.date(cell.year if is_date else int(found[1]), 1, 1)
            if is_date:
                return datetime.date(cell.year, cell.month, cell.day)
            year, month, day = _DAY.fullmatch(text).groups()
            return datetime.date(int(year), int(month), int(day))
        except (AttributeError, TypeError, ValueError):
            raise self._wrong(number, self.period, cell) from None

    def _nominal(self, number: int, cell: Cell) -> int:
        """Read for how many units a rate is; an empty cell says 1."""
        if cell is None or cell == "":
            return 1
        text = "" if isinstance(cell, bool) else str(cell)
        if isinstance(cell, str):
            text = unicodedata.normalize("NFKC", cell).strip()
            if _TWO_WAYS.fullmatch(text):
                self._settle_point(number, "nominal", cell, text)
                sign = "," if "," in text else "."
                text = text.replace(sign, "." if sign == self.point else "")
        found = _UNITS.fullmatch(text)
        nominal = int(found[1]) if found else 0
        if not 1 <= nominal <= MOST_UNITS:
            raise self._wrong(number, "nominal", cell)
        return nominal

    def _kind(self, number: int, cell: Cell) -> str:
        """Read the kind of a rate; an empty cell says the sheet's only or usual one."""
        if cell is None or cell == "":
            return self.kind or KINDS[0]
        kind = find(cell, KIND_WORDS)
        if not kind or kind != (self.kind or kind):
            raise self._wrong(number, "kind", cell)
        return kind

    def _wrong(self, number: int, name: str, cell: Cell) -> FormatError:
        """Return the error for one cell, with what belongs there."""
        return FormatError(
            _lt("Row %(row)s, column “%(column)s”: “%(text)s” is wrong, %(wanted)s."),
            row=number,
            column=self.titles.get(name, name),
            text=shown(cell),
            wanted=WANTED[name],
        )
