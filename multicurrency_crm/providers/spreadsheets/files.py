"""What a file is that somebody uploads, and its rows, within bounds.

A file is known by what it holds, whatever it is called. No formula is computed and no
macro run: what the program that saved the file has stored as results is read. Nothing
is fetched, no XML entity is expanded.
"""

import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ..errors import FormatError, PayloadTooLarge, ProviderError, _lt
from ..payloads import trimmed
from .cells import RawRow, is_empty
from .encodings import EncodingChoice
from .pages import PageSource
from .remarks import Remark
from .sheet_info import SheetInfo
from .texts import TextSource
from .xls import XlsSource
from .xlsx import XlsxSource, too_large

Kind = Literal["csv", "xls", "xlsx", "page"]
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: what begins otherwise than text, and which sentence is said of it
_FOREIGN = {
    b"%PDF": _lt("This is a PDF file: export the list as XLSX or as CSV."),
    b"\x89PNG": _lt("This is a picture: export the list as XLSX or as CSV."),
    b"\xff\xd8\xff": _lt("This is a picture: export the list as XLSX or as CSV."),
    b"\x1f\x8b": _lt("This file is packed: unpack it, and choose what is in it."),
    b"Rar!": _lt("This file is packed: unpack it, and choose what is in it."),
    b"7z\xbc\xaf": _lt("This file is packed: unpack it, and choose what is in it."),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Most that a file may hold; more is refused by a sentence.

    ``rows``, ``columns`` and ``cells`` count those with something in them, of one
    sheet; ``seconds`` are those of one walk through it, without what is done with its
    rows.
    """

    file_bytes: int = 64 * 1024 * 1024
    unpacked_bytes: int = 512 * 1024 * 1024
    parts: int = 1000
    sheets: int = 200
    rows: int = 300_000
    columns: int = 1024
    cells: int = 20_000_000
    seconds: float = 300


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

    @property
    def epoch_1904(self) -> bool:
        """Whether the workbook counts days from 1904."""
        return self.source.epoch_1904

    def rows(self, sheet: int = 0) -> Iterator[RawRow]:
        """Read a sheet from its top, without empty rows; may be called again.

        :raises ProviderError: the file is damaged there, or holds more than it may
        """
        limits, spent, since = self.limits, 0.0, time.monotonic()
        rows = cells = 0
        for count, row in enumerate(_guarded(self.source.rows(sheet)), start=1):
            if not count % 256 and spent + time.monotonic() - since > limits.seconds:
                raise PayloadTooLarge(
                    _lt("Reading the sheet takes more than %(seconds)s s: split it."),
                    seconds=round(limits.seconds),
                )
            filled = len(row.cells) - row.cells.count(None)
            if not filled or all(map(is_empty, row.cells)):
                continue
            rows += 1
            cells += filled
            _check_size(row, rows, cells, limits)
            # what is done with a row isn't reading
            spent += time.monotonic() - since
            yield row
            since = time.monotonic()

    def merged(self, sheet: int = 0) -> tuple[tuple[int, int, int, int], ...]:
        """Return ranges of merged cells: (first row, last row, first column, last
        column); rows from 1, columns from 0."""
        return self.source.merged_cells(sheet)


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
    limits = limits or Limits()
    if len(payload) > limits.file_bytes:
        raise too_large(limits.file_bytes)
    if not payload.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise FormatError(_lt("The file is empty."))
    for start, sentence in _FOREIGN.items():
        if payload.startswith(start):
            raise FormatError(sentence)
    try:
        kind, source = _open(payload, limits, encoding, delimiter)
    except (ProviderError, MemoryError):
        raise
    except Exception as error:
        # what xlrd, lxml and zipfile stumble over has no class of its own
        raise damaged() from error
    if not source.sheets:
        raise damaged()
    if len(source.sheets) > limits.sheets:
        raise PayloadTooLarge(
            _lt("The file has more than %(sheets)s sheets: split it."),
            sheets=limits.sheets,
        )
    return Book(
        kind=kind,
        sheets=source.sheets,
        limits=limits,
        remarks=(*source.remarks, *_remarks(source)),
        encoding=getattr(source, "encoding", None),
        encodings=getattr(source, "encodings", ()),
        delimiter=getattr(source, "delimiter", None),
        source=source,
    )


def damaged() -> FormatError:
    """Return the error for what can't be read."""
    return FormatError(
        _lt("The file is damaged or no spreadsheet: save it again as XLSX or as CSV.")
    )


def _open(payload, limits, encoding, delimiter) -> tuple[Kind, object]:
    """Open a file by what it holds."""
    if payload.startswith(_ZIP):
        return "xlsx", XlsxSource(payload, limits)
    if payload.startswith(_OLE):
        return "xls", XlsSource(payload)
    if payload.startswith(b"PK") and zipfile.is_zipfile(payload):
        raise damaged()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in payload[:4000] or (
        payload.startswith(b"MIME-Version")
    ):
        raise FormatError(
            _lt("This is a spreadsheet as a web page or as XML: save it as XLSX.")
        )
    if trimmed(payload.replace(b"\0", b"")[:4000]).startswith(b"<"):
        return "page", PageSource(payload, encoding)
    return "csv", TextSource(payload, encoding, delimiter)


def _remarks(source) -> Iterator[Remark]:
    """Yield what is said of the file as a whole."""
    if source.epoch_1904:
        yield Remark(
            "epoch_1904",
            _lt("The workbook counts days from 1904, not from 1900: they are read so."),
        )
    for sheet in source.sheets:
        if sheet.hidden:
            yield Remark(
                "hidden_sheet",
                _lt("The sheet “%(sheet)s” is hidden."),
                {"sheet": sheet.name},
                sheet=sheet.name,
            )


def _guarded(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """Turn what the libraries raise on damaged files into one sentence."""
    try:
        yield from rows
    except (ProviderError, MemoryError):
        raise
    except Exception as error:
        # neither xlrd nor lxml has a class of its own for what it stumbles over
        raise damaged() from error


def _check_size(row: RawRow, rows: int, cells: int, limits: Limits) -> None:
    """Refuse more rows, columns or cells than a sheet may have.

    :raises PayloadTooLarge: which of them
    """
    if rows > limits.rows:
        raise PayloadTooLarge(
            _lt("The sheet has more than %(rows)s rows: split it."), rows=limits.rows
        )
    if len(row.cells) > limits.columns:
        raise PayloadTooLarge(
            _lt(
                "Row %(row)s reaches beyond column %(columns)s: delete columns that "
                "you don't need."
            ),
            row=row.number,
            columns=limits.columns,
        )
    if cells > limits.cells:
        raise PayloadTooLarge(
            _lt("The sheet has more than %(cells)s cells: split it."),
            cells=limits.cells,
        )
