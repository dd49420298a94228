"""Workbooks of Excel 97 to 2003."""

import datetime
import io
from collections.abc import Iterator

import xlrd
from xlrd.formatting import std_format_strings

from ..errors import FormatError, _lt
from .cells import Cell, RawRow, Trouble
from .dates import day_of_serial
from .money_formats import mark_of_format, marked
from .remarks import Remark
from .sheet_info import SheetInfo

#: names in the directory of the container, in UTF-16
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
#: the formats of cells, which say what is merged, cost memory
_FORMATTED_BYTES = 16 * 1024 * 1024
#: sheets of smaller files are opened to say how far they reach
_MEASURED_BYTES = 4 * 1024 * 1024


class XlsSource:
    """An XLS workbook."""

    def __init__(self, payload: bytes):
        """Open it.

        :raises FormatError: it has a password; others of xlrd's are damage
        """
        if _ENCRYPTED in payload:
            raise protected()
        self.payload = payload
        self.book = self._open()
        self.epoch_1904 = bool(self.book.datemode)
        self.remarks: list[Remark] = []
        if _MACROS in payload:
            self.remarks.append(macros_remark())
        self.sheets = tuple(
            self._info(index) for index in range(len(self.book.sheet_names()))
        )

    def _open(self) -> xlrd.Book:
        """Open the workbook, with its merged cells where they can be read."""
        for formatted in (len(self.payload) <= _FORMATTED_BYTES, False):
            try:
                return xlrd.open_workbook(
                    file_contents=self.payload,
                    logfile=io.StringIO(),
                    on_demand=True,
                    ragged_rows=True,
                    formatting_info=formatted,
                )
            except xlrd.XLRDError as error:
                if "encrypted" in str(error).lower():
                    raise protected() from error
                if not formatted:
                    raise
            except Exception:
                # other programs write formats that xlrd stumbles over
                if not formatted:
                    raise
        raise AssertionError

    def _info(self, index: int) -> SheetInfo:
        """Return what is known of a sheet without reading it, if that takes long."""
        name = self.book.sheet_names()[index]
        rows = columns = None
        hidden = False
        if len(self.payload) <= _MEASURED_BYTES:
            sheet = self.book.sheet_by_index(index)
            rows, columns = sheet.nrows, sheet.ncols
            hidden = bool(sheet.visibility)
        return SheetInfo(name, hidden, rows, columns)

    def merged_cells(self, index: int) -> tuple[tuple[int, int, int, int], ...]:
        """Return merged ranges; see :meth:`.files.Book.merged`."""
        ranges = self.book.sheet_by_index(index).merged_cells
        return tuple(
            (top + 1, end, left, right - 1) for top, end, left, right in ranges
        )

    def rows(self, index: int) -> Iterator[RawRow]:
        """Read the rows of a sheet."""
        sheet = self.book.sheet_by_index(index)
        # known only of workbooks that are read with their formats
        shown = getattr(sheet, "rowinfo_map", None) or {}
        for row in range(sheet.nrows):
            types, values = sheet.row_types(row), sheet.row_values(row)
            cells = [
                None if kind in (0, 6) else self._cell(kind, value)
                for kind, value in zip(types, values, strict=True)
            ]
            if self.book.formatting_info:
                for column, kind in enumerate(types):
                    if kind == xlrd.XL_CELL_NUMBER:
                        mark = self._mark(sheet, row, column)
                        cells[column] = marked(cells[column], mark)
            is_hidden = bool(getattr(shown.get(row), "hidden", False))
            yield RawRow(row + 1, tuple(cells), is_hidden)

    def _mark(self, sheet, row: int, column: int) -> str:
        """Return the currency that the format of a number names; "" of one that each
        computer shows as its own."""
        style = self.book.xf_list[sheet.cell_xf_index(row, column)]
        code = self.book.format_map[style.format_key].format_str
        is_usual = std_format_strings.get(style.format_key) == code
        return "" if is_usual else mark_of_format(code)

    def _cell(self, kind: int, value: object) -> Cell:
        """Turn what xlrd has of a cell into one of ours."""
        if kind == xlrd.XL_CELL_TEXT:
            return value.replace("\0", "").strip()
        if kind == xlrd.XL_CELL_DATE:
            return moment_of(value, self.epoch_1904)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == xlrd.XL_CELL_ERROR:
            return Trouble("error", xlrd.error_text_from_code.get(value, "#?"))
        return value


def moment_of(
    serial: float, epoch_1904: bool
) -> datetime.datetime | datetime.time | Trouble:
    """Return what a number in a cell for days and times says.

    Less than a day is a time.
    """
    if 0 <= serial < 1 and not epoch_1904:
        seconds = min(round(serial * 86400), 86399)
        return datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    moment = day_of_serial(serial, epoch_1904)
    return Trouble("serial", f"{serial:.15g}") if moment is None else moment


def protected() -> FormatError:
    """Return the error for a file with a password."""
    return FormatError(
        _lt("This workbook is protected by a password: save it without one.")
    )


def macros_remark() -> Remark:
    """Return what is said of a file with macros."""
    return Remark("macros", _lt("Macros in the file are ignored."))
