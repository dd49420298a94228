"""From a sheet with rates to quotes; :mod:`.sheet_layout` says how it may look."""

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from ..engine.rates import KINDS, LAST_DAY, Quote
from .errors import DirectionOpen, FormatError, NoQuotes, PayloadTooLarge, _lt
from .reading import NO_RATE, SHOWN, Quotes
from .sheet_cells import Cells, UnsettledError, choice, currency, wrong
from .sheet_header import Column, Header, no_column, read_names
from .sheet_labels import Label, read_label
from .sheet_layout import COLUMNS, DIRECTIONS, KIND_WORDS, find
from .spreadsheets.cells import Cell, Trouble
from .spreadsheets.files import Book, Limits, open_book

#: most rows with something in them, and most rates
MAX_ROWS = 300_000
#: how far down a title may push the row of the names
HEADER_WITHIN = 10
#: what a row below the names may say of each column
BELOW = frozenset({"nominal", "base", "direction", "kind"})


def read_sheet(
    payload: bytes,
    source: str,
    hints: Mapping[str, object],
    *,
    max_bytes: int,
    periods: tuple[str, ...] = ("date",),
    kind: str | None = None,
    latest: datetime.date = LAST_DAY,
) -> list[Quote]:
    """Read every rate of a CSV, XLS or XLSX file in one of the layouts.

    :param source: code of the adapter
    :param hints: ``base``, ``direction`` and ``nominal`` of the rates that say none;
        ``refused`` as in :meth:`.base.Adapter.parse`; a list ``unread`` collects the
        names of columns that nobody reads
    :param periods: the columns that may say the day, the preferred one first
    :param kind: the only kind that the sheet may hold; None: it says so itself
    :param latest: the last day that a rate may be of; a later one is mistyped
    :raises FormatError, PayloadTooLarge, NoQuotes: row and column are named
    :raises DirectionOpen: neither the sheet nor a hint says the direction
    """
    limits = Limits(file_bytes=max_bytes, unpacked_bytes=max_bytes, rows=MAX_ROWS)
    book = open_book(payload, limits=limits)
    # where commas stand between columns, none stands in a figure
    cells = Cells(book.delimiter != ",", latest)
    reader = _Reader(_rows(book), Quotes(source, "", hints), hints, kind, cells)
    for number, row in reader.read_header(periods):
        reader.read_row(number, row)
    reader.read_waiting()
    return reader.done()


def _rows(book: Book) -> Iterator[tuple[int, list[Cell]]]:
    """Read the first sheet that is shown; of a page its longest table.

    :raises FormatError: a formula has no stored result, a rate would miss
    """
    sizes = [sheet.rows or 0 for sheet in book.sheets]
    shown = [at for at, sheet in enumerate(book.sheets) if not sheet.hidden]
    first = sizes.index(max(sizes)) if book.kind == "page" else (shown or [0])[0]
    for row in book.rows(first):
        for cell in row.cells:
            if isinstance(cell, Trouble) and cell.reason == "formula":
                raise FormatError(
                    _lt(
                        "The formula in %(cell)s has no result in the file: open it in "
                        "a spreadsheet program, save it and choose it again."
                    ),
                    cell=cell.text,
                )
        yield row.number, list(row.cells)


class _Reader:
    """One sheet while it is read."""

    def __init__(
        self,
        rows: Iterator[tuple[int, list[Cell]]],
        quotes: Quotes,
        hints: Mapping[str, object],
        kind: str | None,
        cells: Cells,
    ):
        self.rows = rows
        self.quotes = quotes
        self.hints = hints
        base = str(hints.get("base") or "")
        self.base = base if re.fullmatch("[A-Z]{3}", base) else None
        self.kind = kind
        self.cells = cells
        self.header = Header()
        #: what rows below the names say of each column
        self.below: dict[str, list[Cell]] = {}
        #: row, column and text of the first figure that says that there is none
        self.without: tuple[int, str, str] | None = None
        #: what was read, to know a row twice from two rates for one day
        self.seen: dict[tuple, tuple[int, object]] = {}
        #: rows whose cells another one must settle: 1.234 is one, or a thousand
        self.waiting: list[tuple[int, list[Cell]]] = []

    def read_header(self, periods: tuple[str, ...]) -> Iterator[tuple[int, list[Cell]]]:
        """Find the row that names the columns, and return the rows below it."""
        tried = []
        for number, row in self.rows:
            tried.append((number, row, read_names(row, periods)))
            if tried[-1][2].is_whole or len(tried) == HEADER_WITHIN:
                break
        headers = [header for _number, _row, header in tried] or [Header()]
        best = max(headers, key=lambda header: header.score)
        self.header = best
        best.check(periods)
        if not best.says_base and not self.base:
            raise no_column("base")
        if (unread := self.hints.get("unread")) is not None:
            unread.extend(best.unread)
        passed = [(number, row) for number, row, _h in tried[headers.index(best) + 1 :]]
        return itertools.chain(passed, self.rows)

    def read_row(self, number: int, row: list[Cell]) -> None:
        """Read the rates of a row; where its figures are empty it holds none."""
        try:
            self._read_row(number, row)
        except UnsettledError:
            self.waiting.append((number, row))

    def read_waiting(self) -> None:
        """Read the rows that the rest of the sheet has settled; the first one that
        nothing settles is refused.

        :raises FormatError: with that row
        """
        for number, row in self.waiting:
            try:
                self._read_row(number, row)
            except UnsettledError as unsettled:
                raise unsettled.wrong from None

    def done(self) -> list[Quote]:
        """Return what was read.

        :raises NoQuotes: no rate, with what stands in the place of one
        """
        try:
            return self.quotes.done()
        except NoQuotes:
            if not self.without:
                raise NoQuotes(_lt("The file holds no rate.")) from None
            row, column, text = self.without
            raise NoQuotes(
                _lt(
                    "The file holds no rate: row %(row)s, column “%(column)s”, has "
                    "“%(text)s”, which is read as none, and so is all of it. Fill in "
                    "the rates."
                ),
                row=row,
                column=column,
                text=text,
            ) from None

    def _read_row(self, number: int, row: list[Cell]) -> None:
        """Read the rates of a row, if its cells can be.

        :raises UnsettledError: another cell must say how to read one of these
        """
        at, period = self.header.at, self.header.period
        name = find(_at(row, at[period]), COLUMNS)
        if name in BELOW and self.header.figures[0].label and not self.seen:
            self.below[name] = row
            return
        found = []
        for column in self.header.figures:
            cell = _at(row, column.index)
            figure = self.cells.figure(number, column.title, cell)
            if figure.upper() not in NO_RATE:
                found.append((column, figure))
            elif figure:
                self.without = self.without or (number, column.title, figure)
        if not found:
            return
        self._check_base(number, row, found)
        title = self.header.titles[period]
        day = self.cells.day(number, title, _at(row, at[period]), period)
        said = [self._read_one(number, row, *one) for one in found]
        for (column, figure), values in zip(found, said, strict=True):
            self._add(number, column, figure, day, values)

    def _check_base(self, number, row, found) -> None:
        """Refuse a column of the base itself that holds other figures than 1: those of
        its neighbours are against another currency.

        :param found: (column, figure) of the row
        :raises FormatError: with what to do
        """
        for column, figure in found:
            label = column.label
            if not label or label.against:
                continue
            base = self._base(number, row, column, label)
            nominal = self._nominal(number, row, column, label)
            if label.currency == base and not _is_same(figure, nominal):
                raise FormatError(
                    _lt(
                        "Row %(row)s, column “%(column)s”: %(figure)s can't be a rate "
                        "of %(currency)s in itself. If these figures are against "
                        "another currency, add a column “base” (基准货币) that says it."
                    ),
                    row=number,
                    column=column.title,
                    figure=figure[:SHOWN],
                    currency=base,
                )

    def _read_one(self, number, row, column, figure) -> dict | None:
        """Read what the sheet says of one figure.

        :return: arguments of :meth:`.reading.Quotes.add`; None for the base itself
        """
        label = column.label or self._label(number, row)
        base = self._base(number, row, column, label)
        nominal = self._nominal(number, row, column, label)
        kind = self._kind(number, row, column, label)
        if label.currency == base and not label.against:
            if column.label:
                return None
            raise wrong(number, self._title(column, "currency"), "currency", base)
        way = self._direction(number, row, column, label, base, nominal, figure)
        code = label.against if label.currency == base else label.currency
        return {
            "currency": code,
            "nominal": nominal,
            "direction": way,
            "kind": kind,
            "base": base,
        }

    def _add(self, number, column, figure, day, values) -> None:
        """Add one figure with what the sheet says of it."""
        before = len(self.quotes.quotes)
        if values is None:
            return
        try:
            self.quotes.add(figure=figure, date=day, **values)
        except FormatError as error:
            raise wrong(number, column.title, "rate", figure) from error
        if len(self.quotes.quotes) > before:
            self._keep_one(number)

    def _keep_one(self, number: int) -> None:
        """Drop the quote just added if it was there, refuse it if it was another."""
        quote = self.quotes.quotes[-1]
        key = (quote.date, quote.base, quote.currency, quote.kind)
        if key not in self.seen:
            self.seen[key] = number, quote.rate
            if len(self.seen) > MAX_ROWS:
                raise PayloadTooLarge(
                    _lt("The sheet has more than %(rates)s rates: split it."),
                    rates=MAX_ROWS,
                )
            return
        first, rate = self.seen[key]
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

    # what the sheet says of a figure: in its row, in its column's name, or below it

    def _said(self, row: list[Cell], column: Column, name: str) -> Cell:
        """Return the cell that says something of a figure; None where none does."""
        if name in self.header.at:
            return _at(row, self.header.at[name])
        return _at(self.below.get(name, ()), column.index)

    def _title(self, column: Column, name: str) -> str:
        """Return how the sheet calls the column that says something."""
        return self.header.titles.get(name, column.title)

    def _label(self, number: int, row: list[Cell]) -> Label:
        """Read the cell that names the currency of a row, or a pair."""
        cell, title = _at(row, self.header.at["currency"]), self.header.titles
        if label := read_label(cell):
            return label
        return Label(currency(number, title["currency"], "currency", cell))

    def _base(self, number, row, column, label) -> str:
        """Return the code of the base: stated, or known from the pair or the hint."""
        cell, title = self._said(row, column, "base"), self._title(column, "base")
        stated = None if cell in (None, "") else currency(number, title, "base", cell)
        if not label.against:
            if known := stated or self.header.pivot or self.base:
                return known
            raise wrong(number, title, "base", cell)
        pair = (label.currency, label.against)
        if stated and stated not in pair:
            raise wrong(number, title, "base", cell)
        known = (stated, self.header.pivot, self.base, label.against)
        return next(code for code in known if code in pair)

    def _nominal(self, number, row, column, label) -> int:
        """Return for how many units a figure is."""
        cell, title = self._said(row, column, "nominal"), self._title(column, "nominal")
        stated = self.cells.units(number, title, cell)
        if stated and label.nominal and stated != label.nominal:
            raise wrong(number, title, "nominal", cell)
        if stated or label.nominal or "nominal" in self.header.at:
            return stated or label.nominal or 1
        return self.hints.get("nominal") or 1

    def _kind(self, number, row, column, label) -> str:
        """Return the kind of a figure; where nothing says it, the only or usual one."""
        cell, title = self._said(row, column, "kind"), self._title(column, "kind")
        stated = choice(number, title, "kind", cell, KIND_WORDS)
        kinds = {stated, column.kind, label.kind, self.kind} - {None}
        if len(kinds) > 1:
            said = cell if stated else column.title
            raise wrong(number, title, "kind", said)
        return next(iter(kinds), KINDS[0])

    def _direction(self, number, row, column, label, base, nominal, figure) -> str:
        """Return the direction of a figure.

        :raises DirectionOpen: nothing says it
        """
        cell, title = self._said(row, column, "direction"), "direction"
        title = self._title(column, title)
        stated = choice(number, title, "direction", cell, DIRECTIONS)
        own = None
        if label.against:
            own = "base_per_foreign" if base == label.against else "foreign_per_base"
        if own and stated in (None, own):
            return own
        if own or (not stated and "direction" in self.header.at):
            raise wrong(number, title, "direction", cell)
        if hinted := stated or self.hints.get("direction"):
            return hinted
        raise DirectionOpen(nominal, label.currency, figure, base)


def _at(row, index: int) -> Cell:
    """Return a cell of a row that may be short."""
    return row[index] if index < len(row) else None


def _is_same(figure: str, nominal: int) -> bool:
    """Whether so many units of a currency are said to be so many of it."""
    try:
        return Decimal(figure) == nominal
    except InvalidOperation:
        return False
