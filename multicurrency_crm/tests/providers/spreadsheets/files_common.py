"""Files made in code, as programs write them: CSV, XLSX, and XLS byte by byte.

No library here writes XLS: :func:`xls` makes the few records of BIFF8 that a list
needs, in the container that Excel puts them into.
"""

import io
import struct
import zipfile

import openpyxl

from ....providers.spreadsheets import open_book, read_table

_SECTOR = 512


def csv_of(*lines, codec="utf-8", end="\r\n"):
    """A text file of these lines."""
    return "".join(f"{line}{end}" for line in lines).encode(codec)


def xlsx(*rows, title="Sheet1", change=None):
    """A workbook with these rows.

    :param change: called with the sheet before it is saved
    """
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    if change:
        change(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rezipped(payload, changes):
    """An archive with some of its parts changed, added, or left out.

    :param changes: {name: function of the content, new content, or None}
    """
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(payload)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            change = changes.get(name, lambda content: content)
            if change is not None:
                content = before.read(name)
                after.writestr(name, change(content) if callable(change) else change)
        for name in changes.keys() - set(before.namelist()):
            after.writestr(name, changes[name])
    return buffer.getvalue()


def xls(*rows, name="Sheet1", merged=(), datemode=0, hidden=False):
    """A workbook of Excel 97 with texts, numbers and days; a tuple ("day", serial) is
    a number in a cell for days.

    :param merged: (first row, last row, first column, last column), from 0
    """
    sheet = _bof(0x10)
    for at, row in enumerate(rows):
        for index, cell in enumerate(row):
            sheet += _xls_cell(at, index, cell)
    if merged:
        ranges = b"".join(struct.pack("<4H", *one) for one in merged)
        sheet += _record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    sheet += _record(0x000A)
    before = _bof(0x05) + _record(0x0042, b"\xb0\x04")
    before += _record(0x0022, struct.pack("<H", datemode))
    before += _record(
        0x0031, struct.pack("<5H4BBB", 200, 0, 8, 400, 0, 0, 0, 0, 0, 1, 0) + b"A"
    )
    for font_format in (0, 14):
        before += _record(0x00E0, struct.pack("<2H", 0, font_format) + bytes(16))
    title = name.encode("utf-16-le")
    bound = struct.pack("<IBB", 0, hidden, 0) + bytes([len(name), 1]) + title
    end = _record(0x000A)
    offset = len(before) + len(_record(0x0085, bound)) + len(end)
    bound = struct.pack("<I", offset) + bound[4:]
    return _container(before + _record(0x0085, bound) + end + sheet)


def _record(kind, content=b""):
    return struct.pack("<2H", kind, len(content)) + content


def _bof(kind):
    return _record(0x0809, struct.pack("<4H2I", 0x0600, kind, 0, 0, 0, 0))


def _xls_cell(row, index, cell):
    if cell is None:
        return _record(0x0201, struct.pack("<3H", row, index, 0))
    if isinstance(cell, tuple):
        return _record(0x0203, struct.pack("<3Hd", row, index, 1, cell[1]))
    if isinstance(cell, int | float):
        return _record(0x0203, struct.pack("<3Hd", row, index, 0, cell))
    text = cell.encode("utf-16-le")
    head = struct.pack("<4HB", row, index, 0, len(cell), 1)
    return _record(0x0204, head + text)


def _container(stream):
    """The compound file around a stream, long enough for sectors of its own."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    fats = -(-(count + 2) * 4 // (_SECTOR - 8))
    chain = [*range(1, count), 0xFFFFFFFE]
    table = [*chain, 0xFFFFFFFE, *[0xFFFFFFFD] * fats]
    table += [0xFFFFFFFF] * (fats * _SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, fats, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [count + 1 + at for at in range(fats)]
    header += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - fats))
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0, 1)
    entries += _entry("Workbook", 2, 0, len(stream), 0xFFFFFFFF)
    entries += bytes(256)
    return header + stream + entries + struct.pack(f"<{len(table)}I", *table)


def _entry(name, kind, first, size, child):
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<3I", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
    return entry + struct.pack("<3I", first, size, 0)


def table_of(payload, sheet=0, **how):
    """The table of a file."""
    return read_table(open_book(payload), sheet, **how)


def said(remarks):
    """{code: remark}, the first of each."""
    found = {}
    for remark in remarks:
        found.setdefault(remark.code, remark)
    return found
