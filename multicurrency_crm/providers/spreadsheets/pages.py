"""Tables of web pages: many programs call such a page XLS."""

from collections.abc import Iterator

from lxml import etree

from ..errors import FormatError, _lt
from ..pages import parse_page
from .cells import RawRow
from .encodings import find_encodings, is_readable
from .remarks import Remark
from .sheet_info import SheetInfo

#: how far one cell may reach
_MOST_ACROSS = 256


class PageSource:
    """A page; each of its tables is a sheet."""

    epoch_1904 = False

    def __init__(self, payload: bytes, encoding: str | None):
        """Read the page.

        :raises FormatError: no table, or cut off
        """
        self.remarks: list[Remark] = []
        self.encodings = find_encodings(payload)
        self.encoding = encoding or self.encodings[0].encoding
        if not is_readable(payload, self.encoding):
            raise no_table()
        text = payload.decode(self.encoding)
        root = parse_page(text.replace("\0", ""))
        tables = root.iter("table") if root is not None else ()
        self.tables = [table for table in tables if table.find(".//table") is None]
        is_cut = text.lower().rfind("</table") < text.lower().rfind("<table")
        if not self.tables or is_cut:
            raise no_table()
        self.sheets = tuple(
            SheetInfo("", rows=len(table.findall(".//tr"))) for table in self.tables
        )

    @property
    def longest(self) -> int:
        """Return the table with most rows."""
        lengths = [sheet.rows for sheet in self.sheets]
        return lengths.index(max(lengths))

    def merged_cells(self, index: int) -> tuple[tuple[int, int, int, int], ...]:
        """Return cells that reach over several; see :meth:`.files.Book.merged`."""
        ranges = []
        for _row in self._laid_out(index, ranges):
            pass
        return tuple(ranges)

    def rows(self, index: int) -> Iterator[RawRow]:
        """Read the rows of a table; of a cell across others these are empty."""
        yield from self._laid_out(index, [])

    def _laid_out(self, index: int, ranges: list) -> Iterator[RawRow]:
        """Lay the cells out in rows; collect those that reach over several."""
        #: column → last row that a cell from above reaches
        taken: dict[int, int] = {}
        for number, line in enumerate(self.tables[index].iter("tr"), start=1):
            row: list[str | None] = []
            for cell in line.iter("td", "th"):
                while taken.get(len(row), 0) >= number:
                    row.append(None)
                across, down = _reach(cell, "colspan"), _reach(cell, "rowspan")
                left = len(row)
                row.append(" ".join("".join(cell.itertext()).split()))
                row += [None] * (across - 1)
                if down > 1:
                    taken.update(
                        dict.fromkeys(range(left, len(row)), number + down - 1)
                    )
                if across > 1 or down > 1:
                    ranges.append((number, number + down - 1, left, len(row) - 1))
            yield RawRow(number, tuple(row))


def _reach(cell: etree._Element, name: str) -> int:
    """Return over how many columns or rows a cell reaches."""
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), _MOST_ACROSS) if text.isdecimal() else 1


def no_table() -> FormatError:
    """Return the error for a page that is no sheet."""
    return FormatError(
        _lt("This is a web page: save it as CSV or XLSX and choose that file.")
    )
