"""The table in a sheet: its header, its columns, and what each of its rows is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .cells import Cell, RawRow, letter_of
from .dates import DateEvidence, Order
from .files import Book
from .numbers import NumberEvidence, Point
from .remarks import Remark

ColumnKind = Literal["text", "number", "date", "identifier", "empty", "open"]
RowKind = Literal["data", "continuation", "group", "total", "footer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered on one column; None: nothing."""

    point: Point | None = None
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all cells of a column show: how many hold something, and what they are.

    ``filled`` counts cells with something in them, below the header; ``samples`` are
    the first different ones.
    """

    filled: int
    numbers: NumberEvidence
    dates: DateEvidence
    samples: tuple[Cell, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header; ``cells`` are as many as the table has columns.

    ``continuation``: its head cells are empty, those of the last data row count for
    it. ``group``: a caption above rows. ``total``: a sum of rows above. ``footer``:
    text below the table. ``remarks`` are on its cells (errors, formulas without a
    result, more cells than columns).
    """

    number: int
    cells: tuple[Cell, ...]
    kind: RowKind = "data"
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Table:
    """The table of a sheet.

    ``header`` are the numbers of its header's rows (none, one or two), ``preamble``
    the rows above. ``counts`` says how many rows are of which kind. ``remarks`` are on
    the table and its columns; those on single cells come with the rows.
    """

    book: Book
    sheet: int
    header: tuple[int, ...]
    columns: tuple[Column, ...]
    preamble: tuple[RawRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    counts: Mapping[RowKind, int] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Read the rows below the header from the file; may be called again."""
        raise NotImplementedError


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
    raise NotImplementedError
