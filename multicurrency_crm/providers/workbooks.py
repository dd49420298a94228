"""The cells of a sheet that somebody typed: CSV, XLS, XLSX or a page, within bounds.

No formula is computed and no macro run: what the program that saved the file has
stored as results is read. Nothing is fetched, no XML entity is expanded.
"""

import codecs
import csv
import datetime
import io
import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

import openpyxl
import xlrd

from .errors import FormatError, PayloadTooLarge, ProviderError, _lt
from .pages import parse_page
from .payloads import trimmed

#: what a cell may hold; a number that Excel stores is a float or an int
Cell = str | float | bool | datetime.date | datetime.time | datetime.timedelta | None

#: columns and rows (with something in them) that are looked at
MAX_COLUMNS = 256
MAX_ROWS = 300_000
#: the last row that Excel numbers
LAST_ROW = 1_048_576
#: parts of one workbook; a sheet of rates has about a dozen
MAX_PARTS = 1000
DELIMITERS = ",;\t"

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: all that a damaged archive raises
_DAMAGED = (
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
#: a formula without a stored result; a text result may be empty
_UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c\b(?![^<>]{0,200}\bt="str")'
    rb'[^<>]{0,200}?\br="(?P<cell>\w{1,12})"[^<>]{0,200}>\s*'
    rb"<(?:\w+:)?f\b[^<]*(?:/>|</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a file.

    ``rows`` are (number as people count it, cells), without the empty ones. Texts
    may write figures with a decimal comma, unless ``decimal_comma`` says no: only
    where commas stand between columns, none stands in a figure. Numbers that a
    workbook stores as such are what they are.
    """

    rows: Iterator[tuple[int, list[Cell]]]
    decimal_comma: bool = True


def open_sheet(payload: bytes, max_bytes: int) -> Sheet:
    """Open a file by what it holds, whatever it is called.

    :param max_bytes: most that it may have, packed and unpacked
    :raises FormatError: damaged, protected, or no sheet at all; rows are read as
        they are asked for, and raise the same
    :raises PayloadTooLarge: more bytes or rows than a sheet of rates has
    """
    if len(payload) > max_bytes:
        raise _too_large(max_bytes)
    if payload.startswith(_ZIP):
        _check_parts(payload, max_bytes)
        return Sheet(_filled(_guarded(_xlsx_rows(payload))))
    if payload.startswith(_OLE):
        return Sheet(_filled(_guarded(_xls_rows(payload))))
    text = _decode(payload)
    if trimmed(payload).startswith(b"<"):
        return Sheet(_filled(_page_rows(text)))
    delimiter = _delimiter(text)
    return Sheet(_filled(_csv_rows(text, delimiter)), delimiter != ",")


def _filled(rows: Iterator[list[Cell]]) -> Iterator[tuple[int, list[Cell]]]:
    """Number the rows from 1 and leave out the empty ones."""
    count = 0
    for number, row in enumerate(rows, start=1):
        if all(cell is None or cell == "" for cell in row):
            continue
        count += 1
        if count > MAX_ROWS:
            raise PayloadTooLarge(
                _lt("The sheet has more than %(rows)s rows: split it."), rows=MAX_ROWS
            )
        yield number, row


def _guarded(rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    """Turn what the libraries raise on damaged files into one sentence."""
    try:
        yield from rows
    except (ProviderError, MemoryError):
        raise
    except Exception as error:
        # neither xlrd nor openpyxl has a class of its own for what they stumble over
        raise _damaged() from error


def _decode(payload: bytes) -> str:
    """Read text in UTF-8, in UTF-16 with a mark, or as Chinese Excel saves it."""
    codec = "utf-16" if payload.startswith(_UTF16) else "utf-8-sig"
    with suppress(UnicodeDecodeError):
        return payload.decode(codec)
    try:
        return payload.decode("gb18030")
    except UnicodeDecodeError as error:
        raise FormatError(
            _lt(
                "The letters of the file can't be read: save it as “CSV UTF-8” or "
                "as XLSX."
            )
        ) from error


def _delimiter(text: str) -> str:
    """Return the sign between columns, of which a line at the top has most."""
    lines = itertools.islice(io.StringIO(text), 10)
    counts = ((line.count(sign), sign) for line in lines for sign in DELIMITERS)
    return max(counts, default=(0, ","))[1]


def _csv_rows(text: str, delimiter: str) -> Iterator[list[Cell]]:
    """Read the rows of a CSV file, texts stripped."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield [cell.strip() for cell in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise _damaged() from error


def _page_rows(text: str) -> Iterator[list[Cell]]:
    """Read the longest table of a page: many banks call such a page XLS.

    :raises FormatError: no table, cut off, or with cells across rows
    """
    root = parse_page(text)
    tables = root.iter("table") if root is not None else ()
    tables = [table for table in tables if table.find(".//table") is None]
    longest = max(tables, key=lambda table: len(table.findall(".//tr")), default=None)
    if longest is None or text.lower().rfind("</table") < text.lower().rfind("<table"):
        raise FormatError(
            _lt("This is a web page: save it as CSV or XLSX and choose that file.")
        )
    for line in longest.iter("tr"):
        row: list[Cell] = []
        for cell in line.iter("td", "th"):
            if cell.get("rowspan", "1") != "1":
                raise _damaged()
            across = cell.get("colspan", "1")
            empty = int(across) - 1 if across.isdecimal() else 0
            row += [
                " ".join("".join(cell.itertext()).split()),
                *[None] * min(empty, 255),
            ]
        yield row[:MAX_COLUMNS]


def _xls_rows(payload: bytes) -> Iterator[list[Cell]]:
    """Read the first sheet of an XLS workbook (Excel 97 to 2003)."""
    book = xlrd.open_workbook(
        file_contents=payload, logfile=io.StringIO(), on_demand=True, ragged_rows=True
    )
    sheet = book.sheet_by_index(0)
    for row in range(sheet.nrows):
        cells = sheet.row(row)[:MAX_COLUMNS]
        yield [_xls_cell(cell, book.datemode) for cell in cells]


def _xls_cell(cell: xlrd.sheet.Cell, datemode: int) -> Cell:
    """Turn a cell of xlrd into what openpyxl would give."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#?")
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    return cell.value.strip() if isinstance(cell.value, str) else cell.value


def _xlsx_rows(payload: bytes) -> Iterator[list[Cell]]:
    """Read the first sheet of an XLSX or XLSM workbook."""
    book = openpyxl.load_workbook(
        io.BytesIO(payload), read_only=True, data_only=True, keep_links=False
    )
    rows = book.worksheets[0].iter_rows(
        max_row=LAST_ROW, max_col=MAX_COLUMNS, values_only=True
    )
    for row in rows:
        # a damaged file may skip a million rows
        empty = row.count(None) == len(row)
        cells = () if empty else row
        yield [cell.strip() if isinstance(cell, str) else cell for cell in cells]


def _check_parts(payload: bytes, max_bytes: int) -> None:
    """Refuse an XLSX file that is a bomb, protected, or without its results."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            parts = archive.infolist()
            room = max_bytes - sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or room < 0:
                raise _too_large(max_bytes)
            for part in parts:
                if part.flag_bits & 1:
                    raise _protected()
                with archive.open(part) as stream:
                    # what the directory says may be a lie
                    content = stream.read(part.file_size + 1)
                if len(content) > part.file_size:
                    raise _too_large(max_bytes)
                _refuse_doctype(content)
                if part.filename.startswith("xl/worksheets/"):
                    _refuse_uncomputed(content)
    except _DAMAGED as error:
        raise _damaged() from error


def _refuse_doctype(content: bytes) -> None:
    """Refuse declarations of entities; a workbook has none.

    They stand before the first element, so nothing behind it is read.
    """

    class FirstElement(Exception):
        """The prolog is over."""

    def doctype(*_declaration):
        raise _damaged()

    def element(*_tag):
        raise FirstElement

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        parser.Parse(content, True)
    except (FirstElement, expat.ExpatError, LookupError, ValueError):
        # a picture, a font: what is no XML is read by nobody
        return


def _refuse_uncomputed(content: bytes) -> None:
    """Refuse a sheet in which a formula has no stored result: a rate would miss."""
    if found := _UNCOMPUTED.search(content):
        raise FormatError(
            _lt(
                "The formula in %(cell)s has no result in the file: open it in a "
                "spreadsheet program, save it and choose it again."
            ),
            cell=found["cell"].decode("ascii", "replace"),
        )


def _too_large(max_bytes: int) -> PayloadTooLarge:
    """Return the error for more data than a file of rates has."""
    return PayloadTooLarge(
        _lt("The file holds more than %(size)s MB: split it."),
        size=max(1, max_bytes // 1024**2),
    )


def _protected() -> FormatError:
    """Return the error for a file with a password."""
    return FormatError(_lt("The file is protected: save it without a password."))


def _damaged() -> FormatError:
    """Return the error for what can't be read."""
    return FormatError(
        _lt(
            "The file is damaged, protected or not a sheet: save it again as XLSX or "
            "as CSV."
        )
    )
