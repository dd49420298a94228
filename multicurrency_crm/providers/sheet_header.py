"""The row of a sheet that names its columns."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .errors import FormatError, _lt
from .sheet_labels import Label, read_label
from .sheet_layout import COLUMNS, KIND_WORDS, MOMENTS, find
from .spreadsheets.cells import Cell, shown


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: where it stands, and what its name says of them."""

    index: int
    title: str
    label: Label | None = None
    kind: str | None = None


@dataclass(slots=True)
class Header:
    """What the names of the columns say.

    ``at``: {what a column holds: where it stands}. ``pivot``: the currency that all
    pairs among the names share. ``unread``: names of columns that nobody reads.
    ``twice``: two names for one thing.
    """

    at: dict[str, int] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    figures: list[Column] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    twice: tuple[str, str] | None = None
    period: str = ""
    pivot: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it says of what day and what currency the figures are."""
        labelled = any(column.label for column in self.figures)
        return bool(
            self.figures
            and self.period in self.at
            and (labelled or "currency" in self.at)
        )

    @property
    def says_base(self) -> bool:
        """Whether it says in or against what the figures are quoted."""
        labels = [column.label for column in self.figures]
        pairs = all(label and label.against for label in labels)
        return "base" in self.at or pairs

    @property
    def score(self) -> tuple[bool, int]:
        """Return what sorts the likeliest row of names last."""
        return self.is_whole, len(self.at) + len(self.figures)

    def check(self, periods: tuple[str, ...]) -> None:
        """Check that the sheet can be read.

        :raises FormatError: a column misses, or is there twice
        """
        if self.twice:
            raise FormatError(
                _lt(
                    "“%(first)s” and “%(second)s” are two columns for one thing: "
                    "rename or delete one of them."
                ),
                first=self.twice[0],
                second=self.twice[1],
            )
        if self.is_whole:
            return
        needed = () if any(c.label for c in self.figures) else ("currency",)
        for name in (*needed, self.period or periods[0]):
            if name not in self.at:
                raise no_column(name)
        raise no_column("rate")


def read_names(row: list[Cell], periods: tuple[str, ...]) -> Header:
    """Return what a row says, if it is the one that names the columns.

    :param periods: the columns that may say the day, the preferred one first
    """
    header = Header()
    _note_columns(header, row, COLUMNS)
    if "date" in periods and not header.at.keys() & set(periods):
        _note_columns(header, row, MOMENTS)
    header.figures = list(_figures(row, header.at))
    labels = [column.label for column in header.figures if column.label]
    header.period = next((name for name in periods if name in header.at), "")
    if labels and not header.period and not shown(row[0]):
        # people leave the corner above the days empty
        header.period = periods[0]
        header.at[header.period], header.titles[header.period] = 0, header.period
    header.twice = header.twice or _find_twice(header.figures)
    header.pivot = _find_pivot(labels)
    known = {*header.at.values(), *(column.index for column in header.figures)}
    header.unread = [
        shown(cell)
        for index, cell in enumerate(row)
        if index not in known and shown(cell)
    ]
    return header


def _note_columns(header: Header, row: list[Cell], words) -> None:
    """Note where the columns stand that a vocabulary knows.

    :param words: {what a column holds: names for it}
    """
    for index, cell in enumerate(row):
        if name := find(cell, words):
            if name in header.at:
                header.twice = header.titles[name], shown(cell)
            header.at[name], header.titles[name] = index, shown(cell)


def no_column(name: str) -> FormatError:
    """Return the error for a sheet without a column that it needs."""
    return FormatError(
        _lt(
            "The sheet has no column “%(name)s” (%(chinese)s): name it in the first "
            "row, as one of the examples does."
        ),
        name=name,
        chinese=next(word for word in COLUMNS[name] if not word.isascii()),
    )


def _figures(row: list[Cell], at: dict[str, int]) -> Iterator[Column]:
    """Yield the columns of figures: the rate, a column a kind, or one a currency."""
    if "rate" in at:
        yield Column(at["rate"], shown(row[at["rate"]]))
        return
    for index, cell in enumerate(row):
        if index in at.values():
            continue
        if "currency" in at:
            if kind := find(cell, KIND_WORDS):
                yield Column(index, shown(cell), kind=kind)
        elif label := read_label(cell):
            yield Column(index, shown(cell), label, label.kind)


def _find_twice(figures: list[Column]) -> tuple[str, str] | None:
    """Return two names that say the same."""
    first: dict[tuple, Column] = {}
    for column in figures:
        label = column.label
        codes = frozenset({label.currency, label.against}) if label else ()
        known = first.setdefault((codes, column.kind), column)
        if known is not column:
            return known.title, column.title
    return None


def _find_pivot(labels: list[Label]) -> str | None:
    """Return the one currency that all pairs share; None where there is none."""
    pairs = [{label.currency, label.against} for label in labels if label.against]
    count = Counter(code for pair in pairs for code in pair)
    shared = [code for code, times in count.items() if times == len(pairs)]
    return shared[0] if len(shared) == 1 else None
