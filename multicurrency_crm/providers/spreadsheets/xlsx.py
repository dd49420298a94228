"""Workbooks of Excel since 2007, read in a stream.

openpyxl, which knows the formats of numbers, would load a sheet to say what is merged,
and doesn't say of an empty cell that a formula without result stands there.
"""

import datetime
import functools
import io
import posixpath
import re
import zipfile
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from lxml import etree
from openpyxl.styles.numbers import (
    BUILTIN_FORMATS,
    is_date_format,
    is_timedelta_format,
)
from openpyxl.utils.cell import column_index_from_string

from ..errors import FormatError, PayloadTooLarge, _lt
from ..payloads import SAFE_XML
from .cells import Cell, RawRow, Trouble, letter_of
from .money_formats import mark_of_format, marked
from .remarks import Remark
from .sheet_info import SheetInfo
from .xls import macros_remark, moment_of, protected

#: the last row and column that Excel numbers
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CHUNK = 1 << 16
#: most bytes between two rows, strings or styles: more would fill the memory
_ROOM = 4 * 1024 * 1024
MOST_MERGED = 20_000
_REF = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]{0,200}?\bref="(\w{2,10}:\w{2,10})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_DIMENSION = re.compile(
    rb'<(?:\w+:)?dimension\b[^<>]{0,200}?\bref="(?:\w+:)?(\w{2,10})"'
)
_SHEET_PARTS = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
#: by a part of them, files that are packed alike and are no XLSX
_OTHERS = {
    "xl/workbook.bin": _lt("This is a binary workbook (XLSB): save it as XLSX."),
    "content.xml": _lt("This is an OpenDocument file: save it as XLSX."),
    "word/document.xml": _lt("This is a text document: save its table as XLSX."),
}


@dataclass(slots=True)
class _Part:
    """What a first look at a sheet's part has shown."""

    rows: int | None = None
    columns: int | None = None
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: bool = False


class XlsxSource:
    """An XLSX or XLSM workbook."""

    def __init__(self, payload: bytes, limits):
        """Look at all parts, and read what is short.

        :param limits: a :class:`.files.Limits`
        :raises FormatError: damaged, with a password, or something else
        :raises PayloadTooLarge: more than it may hold
        """
        self.archive = zipfile.ZipFile(io.BytesIO(payload))
        self.remarks: list[Remark] = []
        self.parts: dict[str, _Part] = {}
        self._look(limits)
        self.epoch_1904 = False
        found = list(self._find_sheets())
        self.sheets = tuple(info for info, _path in found)
        self.paths = [path for _info, path in found]
        self.styles = list(self._find_styles())
        self.strings = self._read_strings()

    def merged_cells(self, index: int) -> tuple[tuple[int, int, int, int], ...]:
        """Return merged ranges; see :meth:`.files.Book.merged`."""
        return tuple(self.parts[self.paths[index]].merged)

    def rows(self, index: int) -> Iterator[RawRow]:
        """Read the rows of a sheet, in the order of the file."""
        path, number = self.paths[index], 0
        read = self._cell if self.parts[path].formulas else self._value
        for element in self._elements(path, ("row",), "sheetData"):
            number = int(element.get("r", number + 1))
            if not 0 < number <= LAST_ROW or len(element) > LAST_COLUMN:
                raise ValueError(number)
            hidden = element.get("hidden") in ("1", "true")
            yield RawRow(number, tuple(self._placed(element, number, read)), hidden)

    # parts of the package

    def _look(self, limits) -> None:
        """Look at every part: its size, its declarations, what it says of merging."""
        parts = self.archive.infolist()
        for name, sentence in _OTHERS.items():
            if any(part.filename == name for part in parts):
                raise FormatError(sentence)
        room = limits.unpacked_bytes - sum(part.file_size for part in parts)
        if len(parts) > limits.parts or room < 0:
            raise too_large(limits.unpacked_bytes)
        for part in parts:
            if part.flag_bits & 1:
                raise protected()
            self._look_at(part, limits)
        names = {part.filename for part in parts}
        if "xl/vbaProject.bin" in names:
            self.remarks.append(macros_remark())
        if any(name.startswith("xl/externalLinks/") for name in names):
            self.remarks.append(
                Remark(
                    "external_links",
                    _lt(
                        "Formulas that refer to other files aren't computed: what the "
                        "file has stored as their results is read."
                    ),
                )
            )

    def _look_at(self, part: zipfile.ZipInfo, limits) -> None:
        """Unpack a part, and keep nothing of it.

        :raises PayloadTooLarge: it unpacks to more than the directory says
        """
        is_sheet = _SHEET_PARTS.fullmatch(part.filename)
        said = _Part()
        declared = _Declarations()
        size, tail = 0, b""
        with self.archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > part.file_size:
                    raise too_large(limits.unpacked_bytes)
                declared.feed(chunk)
                if is_sheet:
                    self._note_ranges(said, tail + chunk, not tail)
                    # no range twice: what is left has no whole one in it
                    tail = (tail + chunk).rpartition(b"<")[2][-300:]
                    tail = b"<" + tail
        if is_sheet:
            self.parts[part.filename] = said

    @staticmethod
    def _note_ranges(said: _Part, piece: bytes, is_first: bool) -> None:
        """Note how far a sheet reaches, what is merged, and whether it computes."""
        said.formulas = said.formulas or _FORMULA.search(piece) is not None
        if is_first and (found := _DIMENSION.search(piece)):
            if last := _REF.fullmatch(found[1].decode("ascii", "replace")):
                said.rows = int(last[2])
                said.columns = column_index_from_string(last[1])
        if b"mergeCell" not in piece:
            return
        for found in _MERGED.finditer(piece):
            ends = [_REF.fullmatch(end) for end in found[1].decode().split(":")]
            if all(ends) and len(said.merged) < MOST_MERGED:
                columns = [column_index_from_string(end[1]) - 1 for end in ends]
                said.merged.append((int(ends[0][2]), int(ends[1][2]), *columns))

    def _elements(
        self, path: str, names: tuple[str, ...], last: str | None = None
    ) -> Iterator[etree._Element]:
        """Yield the elements of a part by name, in whatever namespace, and forget them.

        :param last: the element behind which nothing more is read
        :raises ValueError: too much stands between two of them
        """
        wanted = (*names, last) if last else names
        parser = etree.XMLPullParser(
            events=("end",),
            tag=[f"{{*}}{name}" for name in wanted],
            **SAFE_XML,
        )
        between, is_first = 0, True
        with self.archive.open(path) as stream:
            while chunk := stream.read(_CHUNK):
                parser.feed(chunk)
                between += len(chunk)
                for _event, element in parser.read_events():
                    if last and _name_of(element) == last:
                        return
                    if is_first:
                        _refuse_doctype(element)
                        is_first = False
                    yield element
                    between = 0
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
                if between > _ROOM:
                    raise ValueError(between)
        parser.close()

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Return {id: (type, path)} of what a part refers to."""
        folder, name = posixpath.split(path)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found = {}
        with suppress(KeyError):
            for element in self._elements(relations, ("Relationship",)):
                target = element.get("Target", "")
                where = posixpath.normpath(posixpath.join(f"/{folder}", target))
                kind = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id")] = kind, where.lstrip("/")
        return found

    def _find_sheets(self) -> Iterator[tuple[SheetInfo, str]]:
        """Yield the sheets with cells, and their parts."""
        paths = [p for k, p in self._relations("").values() if k == "officeDocument"]
        workbook = (paths or ["xl/workbook.xml"])[0]
        relations = self._relations(workbook)
        self.related = {kind: path for kind, path in relations.values()}
        hidden = []
        for element in self._elements(workbook, ("workbookPr", "sheet")):
            if _name_of(element) == "workbookPr":
                self.epoch_1904 = element.get("date1904") in ("1", "true", "on")
                continue
            ids = [v for name, v in element.attrib.items() if name.endswith("}id")]
            kind, path = relations.get(ids[0] if ids else "", ("", ""))
            if kind != "worksheet":
                continue
            self.archive.getinfo(path)
            part = self.parts.setdefault(path, _Part())
            state = element.get("state", "visible") != "visible"
            name = element.get("name", "")
            yield SheetInfo(name, state, part.rows, part.columns), path
            hidden += [name] * state

    def _find_styles(self) -> Iterator[tuple[str, str]]:
        """Yield for each style what a number in it is: a number, a date or a span; and
        the currency that it names.

        What the built-in formats show as a currency, each computer shows as its own.
        """
        formats, own = dict(BUILTIN_FORMATS), {}
        path = self.related.get("styles")
        if not path:
            return
        for element in self._elements(path, ("numFmt", "xf")):
            if _name_of(element) == "numFmt":
                code = element.get("formatCode", "")
                own[int(element.get("numFmtId", 0))] = code
            elif _parent_name(element) == "cellXfs":
                number = int(element.get("numFmtId", 0))
                code = own.get(number) or formats.get(number, "General")
                if is_timedelta_format(code):
                    yield "span", ""
                elif is_date_format(code):
                    yield "date", ""
                else:
                    yield "number", mark_of_format(own.get(number, ""))

    def _read_strings(self) -> "_Strings":
        """Read the texts that cells share."""
        strings = _Strings()
        if path := self.related.get("sharedStrings"):
            for element in self._elements(path, ("si",)):
                strings.add(_text_of(element))
        return strings

    # cells

    @staticmethod
    def _placed(elements: etree._Element, row: int, read) -> list[Cell]:
        """Read the cells of a row, each where its reference says; one without stands
        behind the last.

        Cells that are formatted and empty at a row's end fill nothing.
        """
        cells: list[Cell] = []
        for element in elements:
            ref = element.get("r")
            index = _index_of(ref.rstrip("0123456789")) if ref else len(cells)
            value = read(element, row, index)
            if index < len(cells):
                # twice the same place: the later one counts
                cells[index] = value
            elif value is not None or not ref:
                if index > len(cells):
                    cells.extend([None] * (index - len(cells)))
                cells.append(value)
        return cells

    def _cell(self, element: etree._Element, row: int, index: int) -> Cell:
        """Read one cell of a sheet with formulas."""
        children = {_name_of(child): child for child in element}
        value, formula = children.get("v"), children.get("f")
        if formula is not None and element.get("t") != "str":
            if value is None or not value.text:
                return Trouble("formula", f"{letter_of(index)}{row}")
        return self._value(element, row, index, value)

    def _value(
        self,
        element: etree._Element,
        _row: int,
        _index: int,
        value: etree._Element | None = None,
    ) -> Cell:
        """Read what is stored in one cell.

        :param value: the child that holds it; None: the first one
        """
        kind = element.get("t")
        if kind == "inlineStr":
            return _text_of(element).strip()
        if value is None and len(element):
            value = element[0]
        text = None if value is None else value.text
        if not text:
            return None
        if kind == "s":
            return self.strings[int(text)].strip()
        if kind is None or kind == "n":
            return self._number(text, element.get("s"))
        if kind == "b":
            return text.strip() == "1"
        if kind == "e":
            return Trouble("error", text.strip())
        if kind == "d":
            return datetime.datetime.fromisoformat(text.strip())
        return text.strip()

    def _number(self, text: str, style: str | None) -> Cell:
        """Read a number, or the moment that its format makes of it."""
        number = float(text) if set(text) & set(".eE") else int(text)
        kind, mark = "number", ""
        if style and int(style) < len(self.styles):
            kind, mark = self.styles[int(style)]
        if kind == "date":
            return moment_of(number, self.epoch_1904)
        if kind == "span":
            with suppress(OverflowError):
                return datetime.timedelta(number)
        return marked(number, mark)


@functools.cache
def _index_of(letters: str) -> int:
    """Return the index of a column by its letters.

    :raises ValueError: beyond the last one
    """
    return column_index_from_string(letters) - 1


def _name_of(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


class _Strings:
    """Texts by number, kept in few bytes."""

    def __init__(self):
        self.bytes = bytearray()
        self.ends = array("Q", [0])

    def add(self, text: str) -> None:
        """Keep one more text."""
        self.bytes += text.encode("utf-8", "surrogatepass")
        self.ends.append(len(self.bytes))

    def __getitem__(self, index: int) -> str:
        """Return a text.

        :raises IndexError: there is none of that number
        """
        if not 0 <= index < len(self.ends) - 1:
            raise IndexError(index)
        text = self.bytes[self.ends[index] : self.ends[index + 1]]
        return text.decode("utf-8", "surrogatepass")


class _Declarations:
    """Looks for declarations of entities; a workbook has none.

    They stand before the first element, so nothing behind it is read.
    """

    class _FirstElement(Exception):
        """The prolog is over."""

    def __init__(self):
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._element

    def feed(self, chunk: bytes) -> None:
        """Look at more of a part.

        :raises ValueError: a declaration
        """
        if self.parser is None:
            return
        try:
            self.parser.Parse(chunk, False)
        except (self._FirstElement, expat.ExpatError, LookupError):
            # a picture, a font: what is no XML is read by nobody
            self.parser = None

    @staticmethod
    def _doctype(*_declaration):
        """Refuse a document type."""
        raise ValueError("DOCTYPE")

    def _element(self, *_tag):
        """Stop at the first element."""
        raise self._FirstElement


def _refuse_doctype(element: etree._Element) -> None:
    """Refuse a document type in an encoding that only lxml reads.

    :raises ValueError: there is one
    """
    if element.getroottree().docinfo.internalDTD is not None:
        raise ValueError("DOCTYPE")


def _parent_name(element: etree._Element) -> str:
    """Return the name of the element around another."""
    parent = element.getparent()
    return "" if parent is None else _name_of(parent)


def _text_of(element: etree._Element) -> str:
    """Return the text of a cell or shared string, without how it is pronounced."""
    inner = element[0] if len(element) == 1 else element
    if len(inner) == 1 and not len(inner[0]) and inner is not element:
        # without formats within, as nearly all are
        return (inner[0].text or "").replace("\0", "")
    parts = []
    for text in element.iter("{*}t"):
        if _parent_name(text) != "rPh":
            parts.append(text.text or "")
    return "".join(parts).replace("\0", "")


def too_large(size: int) -> PayloadTooLarge:
    """Return the error for more bytes than a file may have."""
    return PayloadTooLarge(
        _lt("The file holds more than %(size)s MB: split it."),
        size=max(1, size // 1024**2),
    )
