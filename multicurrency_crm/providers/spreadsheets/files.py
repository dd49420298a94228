"""What a file is that somebody uploads, and its rows, within bounds.

A file is known by what it holds, whatever it is called. No formula is computed and no
macro run: what the program that saved the file has stored as results is read. Nothing
is fetched, no XML entity is expanded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .cells import RawRow
from .remarks import Remark

Kind = Literal["csv", "xls", "xlsx", "page"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Most that a file may hold; more is refused by a sentence.

    ``rows``, ``columns`` and ``cells`` count those with something in them, of one
    sheet; ``seconds`` are those of one walk through it.
    """

    file_bytes: int = 64 * 1024 * 1024
    unpacked_bytes: int = 512 * 1024 * 1024
    parts: int = 1000
    sheets: int = 200
    rows: int = 300_000
    columns: int = 1024
    cells: int = 20_000_000
    seconds: float = 120


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of a file; a CSV file has one without a name.

    ``rows`` and ``columns`` are as far as the file says that the sheet reaches,
    formatted empty rows included; None where it doesn't say.
    """

    name: str
    hidden: bool = False
    rows: int | None = None
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """An encoding in which the bytes can be read, best first.

    ``score`` is from 0 (nonsense) to 1; ``sample`` is the first line that the encoding
    makes a difference for.
    """

    encoding: str
    label: str
    score: float
    sample: str


@dataclass(frozen=True)
class Book:
    """A file that was recognised.

    ``encoding``, ``encodings`` and ``delimiter`` are those of texts; ``delimiter`` is
    None where the file has one column. ``remarks`` are on the file as a whole.
    """

    kind: Kind
    sheets: tuple[SheetInfo, ...]
    limits: Limits
    remarks: tuple[Remark, ...] = ()
    encoding: str | None = None
    encodings: tuple[EncodingChoice, ...] = ()
    delimiter: str | None = None
    source: object = field(default=None, repr=False)

    def rows(self, sheet: int = 0) -> Iterator[RawRow]:
        """Read a sheet from its top, without empty rows; may be called again.

        :raises ProviderError: the file is damaged there, or holds more than it may
        """
        raise NotImplementedError

    def merged(self, sheet: int = 0) -> tuple[tuple[int, int, int, int], ...]:
        """Return ranges of merged cells: (first row, last row, first column, last
        column); rows from 1, columns from 0."""
        raise NotImplementedError


def open_book(
    payload: bytes,
    *,
    limits: Limits | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Book:
    """Recognise a file.

    :param encoding: what somebody chose of ``Book.encodings``; None: the best
    :param delimiter: what somebody chose; None: what the whole file speaks for
    :raises FormatError: damaged, with a password, or no spreadsheet: each has its
        sentence
    :raises PayloadTooLarge: more than ``limits`` allow
    """
    raise NotImplementedError
