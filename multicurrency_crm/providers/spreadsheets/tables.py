"""The table in a sheet: its header, its columns, and what each of its rows is.

A sheet is walked through twice: once for what its columns show, once for what its rows
are. Nothing of it is kept but its first rows and what is out of the ordinary.
"""

import functools
import itertools
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..errors import _lt
from .balances import balance_remarks
from .captions import Captions, currency_above, currency_said
from .cells import Cell, RawRow, Trouble, folded, is_empty, shown
from .column_remarks import column_remarks
from .columns import Answer, Column, Gatherer, looks_like_value
from .files import Book
from .headers import WITHIN, Header, find_header
from .numbers import trouble_remark
from .remarks import Remark
from .totals import RowKind, Sorter, is_total_name

#: rows that a file claims to hold, and how many it does
_SAID_ROWS = re.compile(
    r"共计?\s*([0-9]+)\s*(?:笔|条|行|份)|([0-9]+)\s+(?:records|rows|entries|transactions)"
    r"|(?:记录数|份数|records|rows|entries)\s*[:：]\s*([0-9]+)",
    re.IGNORECASE,
)
_DATEV = ("EXTF", "DTVF")
#: kinds of rows that say something of their own
_OF_DATA = ("data", "continuation")
#: fewer empty rows aren't worth a word
_MANY_EMPTY = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header; ``cells`` are as many as the table has columns.

    ``continuation``: its head cells are empty, those of the last data row count for
    it. ``group``: a caption above rows. ``total``: a sum of rows above. ``footer``:
    text below the table. ``remarks`` are on its cells: errors, formulas without a
    result, more cells than columns. ``caption`` is the text of the group above it, up
    to that group's total; ``currency`` what the last caption says that names one.
    ``hidden``: a filter, or somebody, has hidden it.
    """

    number: int
    cells: tuple[Cell, ...]
    kind: RowKind = "data"
    remarks: tuple[Remark, ...] = ()
    caption: str = ""
    hidden: bool = False
    currency: str = ""


@dataclass(frozen=True)
class Table:
    """The table of a sheet.

    ``header`` are the numbers of its header's rows (none, one or two), ``preamble``
    the rows above. ``counts`` says how many rows are of which kind. ``hidden`` are the
    numbers of rows with data that are hidden in the file. ``remarks`` are on the table
    and its columns; those on single cells come with the rows.
    """

    book: Book
    sheet: int
    header: tuple[int, ...]
    columns: tuple[Column, ...]
    preamble: tuple[RawRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    counts: Mapping[RowKind, int] = field(default_factory=dict)
    head: Header = field(default_factory=Header, repr=False)
    special: Mapping[int, RowKind] = field(default_factory=dict, repr=False)
    hidden: tuple[int, ...] = ()

    @functools.cached_property
    def currency(self) -> str:
        """What says above the table, or as the name of its sheet, in which currency its
        amounts are; "" where nothing does."""
        name = self.book.sheets[self.sheet].name or ""
        above = currency_above(row.cells for row in self.preamble)
        return above or (name if currency_said(name, is_caption=True) else "")

    def rows(self) -> Iterator[Row]:
        """Read the rows below the header from the file; may be called again."""
        width = len(self.columns)
        name = self.book.sheets[self.sheet].name
        captions = Captions()
        for row in _below(self.book, self.sheet, self.head):
            cells = row.cells[:width]
            padded = cells + (None,) * (width - len(cells))
            kind = self.special.get(row.number, "data")
            captions.note(kind, cells)
            remarks = tuple(_row_remarks(row, kind, self.columns, name))
            yield Row(
                *(row.number, padded, kind, remarks, captions.text),
                hidden=row.hidden,
                currency=captions.currency,
            )


def read_table(
    book: Book,
    sheet: int = 0,
    *,
    header: int | None = None,
    answers: Mapping[int, Answer] | None = None,
    known: Callable[[str], bool] | None = None,
) -> Table:
    """Find the table of a sheet, and gather what each of its columns shows.

    Walks through the sheet without keeping it.

    :param header: the row that somebody says names the columns; 0: none does; None:
        the likeliest
    :param answers: {index of a column: what somebody answered on it}
    :param known: whether a text is the title of a column that the caller knows
    :raises ProviderError: as :meth:`Book.rows`
    """
    top = list(itertools.islice(book.rows(sheet), max(WITHIN, header or 0)))
    found = find_header(top, chosen=header, known=known)
    columns, rows, hidden = _gather(book, sheet, found, answers or {})
    name = book.sheets[sheet].name
    sorter = _sort(book, sheet, found, columns, rows)
    first = min(found.rows, default=0)
    preamble = tuple(row for row in top if row.number < first)
    table = Table(
        book,
        sheet,
        found.rows,
        columns,
        preamble,
        (),
        dict(sorter.counts),
        found,
        sorter.special,
        tuple(row for row in hidden if sorter.special.get(row, "data") in _OF_DATA),
    )
    remarks = [*_table_remarks(table, found, rows), *sorter.remarks]
    around = [*preamble, *sorter.balances]
    remarks += balance_remarks(around, columns, sorter.sums.data, name)
    proposals = _proposals(columns)
    for column in columns:
        remarks += column_remarks(
            column, name, proposals, is_workbook=book.kind in ("xls", "xlsx")
        )
    return replace(table, remarks=tuple(remarks))


def _sort(
    book: Book, sheet: int, header: Header, columns: tuple[Column, ...], rows: int
) -> Sorter:
    """Tell the rows below the header apart.

    :param rows: how many there are
    """
    wide = frozenset(
        row
        for top, last, left, right in book.merged(sheet)
        if right > left and last - top < WITHIN
        for row in range(top, last + 1)
    )
    sorter = Sorter(columns, rows, book.sheets[sheet].name, wide)
    for row in _below(book, sheet, header):
        sorter.note(row)
    sorter.done()
    return sorter


def _below(book: Book, sheet: int, header: Header) -> Iterator[RawRow]:
    """Read the rows below the header, what is merged downwards filled in."""
    first = header.last + 1
    fills = _fills(book, sheet, first)
    for row in book.rows(sheet):
        if row.number >= first and not header.is_repeated_in(row):
            yield _filled_down(row, fills) if fills else row


def _fills(book: Book, sheet: int, first: int) -> dict[int, list[list]]:
    """Return cells merged downwards below the header, {column: [[top, last, value]]}.

    Only those one column wide: a wider one is a caption. Numbers stay where they are:
    an amount counts once.
    """
    fills: dict[int, list[list]] = {}
    for top, last, left, right in sorted(book.merged(sheet)):
        if left == right and top >= first and last > top:
            fills.setdefault(left, []).append([top, last, None])
    return fills


def _filled_down(row: RawRow, fills: dict[int, list[list]]) -> RawRow:
    """Return a row with the values of cells that are merged into it from above."""
    cells = None
    for column, ranges in fills.items():
        while ranges and ranges[0][1] < row.number:
            ranges.pop(0)
        if not ranges or row.number < ranges[0][0]:
            continue
        cells = cells or list(row.cells)
        cells += [None] * (column + 1 - len(cells))
        if row.number == ranges[0][0]:
            is_number = isinstance(cells[column], int | float)
            ranges[0][2] = None if is_number else cells[column]
        elif is_empty(cells[column]):
            cells[column] = ranges[0][2]
    return replace(row, cells=tuple(cells)) if cells else row


def _gather(
    book: Book, sheet: int, header: Header, answers: Mapping[int, Answer]
) -> tuple[tuple[Column, ...], int, array]:
    """Return the columns with what their cells show, the number of rows, and the
    numbers of those that are hidden."""
    epoch = book.epoch_1904
    gatherers = {
        at: Gatherer(epoch, answers.get(at))
        for at in {*header.titles, *header.technical}
    }
    rows, hidden = 0, array("L")
    for row in _below(book, sheet, header):
        rows += 1
        if row.hidden:
            hidden.append(row.number)
        filled = [(at, c) for at, c in enumerate(row.cells) if not is_empty(c)]
        # the name of a total shows nothing of its column
        if filled and is_total_name(filled[0][1]):
            del filled[0]
        for at, cell in filled:
            if at not in gatherers:
                gatherers[at] = Gatherer(epoch, answers.get(at))
            gatherers[at].note(row.number, cell)
    columns = []
    for at in range(max(gatherers, default=-1) + 1):
        gatherer = gatherers.get(at) or Gatherer(epoch, None)
        title, technical = header.titles.get(at, ""), header.technical.get(at, "")
        columns.append(gatherer.column(at, title, technical))
    return tuple(columns), rows, hidden


def _proposals(columns: tuple[Column, ...]) -> dict[str, object]:
    """Return what all columns that are settled agree on."""
    seen = [column.evidence for column in columns]
    points = {
        e.numbers.point for e in seen if e.numbers.proof and not e.numbers.against
    }
    orders = {e.dates.order for e in seen if e.dates.proof and not e.dates.against}
    return {
        "point": next(iter(points)) if len(points) == 1 else None,
        "order": next(iter(orders)) if len(orders) == 1 else None,
    }


# what is said of a table


def _table_remarks(table: Table, header: Header, rows: int) -> Iterator[Remark]:
    """Yield what is said of a table as a whole."""
    sheet = table.book.sheets[table.sheet].name
    yield from _header_remarks(table, header, sheet)
    if not rows and header.rows:
        yield Remark(
            "no_rows",
            _lt("The table is empty: it has the names of columns only."),
            sheet=sheet,
        )
    said = table.book.sheets[table.sheet].rows
    empty = (said or 0) - rows - len(header.rows) - len(table.preamble)
    if empty > _MANY_EMPTY:
        yield Remark(
            "empty_rows",
            _lt("%(count)s empty rows are left out."),
            {"count": empty},
            sheet=sheet,
        )
    yield from _hidden_remarks(table, sheet)
    held = table.counts.get("data", 0)
    for row in table.preamble:
        for cell in row.cells:
            if said := _said_rows(cell):
                if said != held:
                    sentence = _lt(
                        "Row %(row)s says %(said)s records, the file holds %(held)s."
                    )
                    yield Remark(
                        "rows_differ",
                        sentence,
                        {"row": row.number, "said": said, "held": held},
                        "ask",
                        sheet,
                        row.number,
                    )


def _hidden_remarks(table: Table, sheet: str) -> Iterator[Remark]:
    """Yield what is said of rows that are hidden."""
    if table.hidden:
        yield Remark(
            "hidden_rows",
            _lt("Rows that are hidden in the file: %(count)s (%(rows)s)."),
            {
                "count": len(table.hidden),
                "rows": ", ".join(map(str, table.hidden[:WITHIN])),
            },
            sheet=sheet,
            row=table.hidden[0],
        )


def _said_rows(cell: Cell) -> int:
    """Return how many records a text above the table speaks of; 0 if of none."""
    found = _SAID_ROWS.search(folded(cell)[:200]) if isinstance(cell, str) else None
    return int(next(filter(None, found.groups()))) if found else 0


def _header_remarks(table: Table, header: Header, sheet: str) -> Iterator[Remark]:
    """Yield what is said of the rows that name the columns."""
    if not table.columns:
        yield Remark("empty_sheet", _lt("The sheet is empty."), sheet=sheet)
    elif not header.rows:
        yield Remark(
            "no_header",
            _lt("No row names the columns: choose the one that does, or name them."),
            level="ask",
            sheet=sheet,
        )
    elif header.rows != (1,):
        rows = " + ".join(map(str, header.rows))
        sentence = _lt("The names of the columns are in row %(rows)s.")
        yield Remark(
            "header", sentence, {"rows": rows}, sheet=sheet, row=header.rows[0]
        )
    yield from _around_header(table, header, sheet)
    yield from _title_remarks(table, sheet)


def _around_header(table: Table, header: Header, sheet: str) -> Iterator[Remark]:
    """Yield what is said of rows around the names of columns that are no data."""
    above = [row.number for row in table.preamble if _looks_like_data(row)]
    if len(above) > 1:
        yield Remark(
            "rows_above",
            _lt(
                "Rows above the names of the columns have figures (%(rows)s), and are "
                "no data: choose another row of names if they are."
            ),
            {"rows": ", ".join(map(str, above[:WITHIN]))},
            "ask",
            sheet,
            above[0],
        )
    if header.technical_row:
        yield Remark(
            "technical_names",
            _lt("Row %(row)s looks like technical names: it is no data."),
            {"row": header.technical_row},
            sheet=sheet,
            row=header.technical_row,
        )
    for row in header.instructions:
        sentence = _lt("Row %(row)s tells how to fill the columns in: it is no data.")
        yield Remark("instructions", sentence, {"row": row}, sheet=sheet, row=row)
    if table.preamble and table.preamble[0].cells[0] in _DATEV:
        yield Remark(
            "datev",
            _lt("Row 1 is DATEV's own header."),
            sheet=sheet,
            row=table.preamble[0].number,
        )


def _looks_like_data(row: RawRow) -> bool:
    """Whether a row has several cells, a figure among them."""
    filled = [cell for cell in row.cells if not is_empty(cell)]
    return len(filled) > 1 and any(map(looks_like_value, filled))


def _title_remarks(table: Table, sheet: str) -> Iterator[Remark]:
    """Yield what is said of the names of columns."""
    titles = Counter(column.title.lower() for column in table.columns if column.title)
    said = set()
    for column in table.columns:
        title = column.title.lower()
        if titles[title] > 1 and title not in said:
            said.add(title)
            same = [c.letter for c in table.columns if c.title.lower() == title]
            yield Remark(
                "same_title",
                _lt("Columns %(columns)s have the same name, “%(title)s”."),
                {"columns": ", ".join(same), "title": column.title},
                sheet=sheet,
                column=column.index,
            )
        elif not title and column.kind != "empty" and table.header:
            yield Remark(
                "no_title",
                _lt("Column %(column)s has no name. Cells in it: %(count)s."),
                {"column": column.letter, "count": column.evidence.filled},
                sheet=sheet,
                column=column.index,
            )


def _row_remarks(
    row: RawRow, kind: RowKind, columns: tuple[Column, ...], sheet: str
) -> Iterator[Remark]:
    """Yield what is said of the cells of one row."""
    for at, cell in enumerate(row.cells):
        if isinstance(cell, Trouble):
            said = trouble_remark(cell)
            yield replace(said, sheet=sheet, row=row.number, column=at)
    if kind != "data":
        return
    titled = max((c.index for c in columns if c.title), default=len(columns))
    extra = [cell for cell in row.cells[titled + 1 :] if not is_empty(cell)]
    if extra:
        yield Remark(
            "more_cells",
            _lt(
                "Row %(row)s has more cells than there are columns with names: "
                "“%(text)s”. A sign between columns may stand within a text."
            ),
            {"row": row.number, "text": shown(extra[0])},
            "error",
            sheet,
            row.number,
            titled + 1,
        )
