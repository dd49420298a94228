"""Files that are too large, broken or bad: one sentence, never a trace, and no more
memory than a row needs.
"""

import io
import os
import random
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from unittest import SkipTest, skipUnless

from odoo.tests import BaseCase, tagged

from ....providers import errors
from ....providers.spreadsheets import Limits, open_book, read_table
from ..common import fixture, zipped
from .files_common import csv_of, rezipped, xls, xlsx

SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]>'
#: rows and columns of the large sheets
ROWS, COLUMNS = 50_000, 60
MEGABYTE = 1024**2


@contextmanager
def peak():
    """A list with the bytes that the process had in memory more than before, at most;
    of Python and of libraries."""
    status = Path("/proc/self/status")
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = _kilobytes(status, "VmRSS")
    except (OSError, LookupError):
        raise SkipTest("Only Linux tells what a process has in memory") from None
    most = []
    yield most
    most.append((_kilobytes(status, "VmHWM") - before) * 1024)


def _kilobytes(status, name):
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines[name].split()[0])


def walk(payload, **how):
    """Read all of a file, as an import does."""
    book = open_book(payload, **how)
    for sheet in range(len(book.sheets)):
        for _row in read_table(book, sheet).rows():
            pass
    return book


@tagged("post_install", "-at_install")
class TestBounds(BaseCase):
    def _refused(self, payload, error, pattern, **limits):
        with self.assertRaisesRegex(error, pattern) as caught:
            walk(payload, limits=Limits(**limits))
        self.assertEqual(
            str(caught.exception), caught.exception.sentence % caught.exception.values
        )

    def test_sizes(self):
        large = errors.PayloadTooLarge
        rows = [["Name", "Open"], *[["A", 5]] * 20]
        workbook, text = xlsx(*rows), csv_of("Name,Open", *["A,5"] * 20)
        self._refused(text, large, "more than 1 MB", file_bytes=20)
        self._refused(workbook, large, "more than 1 MB", unpacked_bytes=3000)
        self._refused(workbook, errors.ProviderError, "more than", parts=3)
        for payload in (workbook, text, xls(*rows)):
            self._refused(payload, large, "more than 9 rows", rows=9)
            self._refused(payload, large, "more than 9 cells", cells=9)
            self._refused(payload, large, "Row 1 reaches beyond column 1", columns=1)
        self._refused(text * 50, large, "takes more than 0 s", seconds=0)
        self._refused(workbook, large, "more than 0 sheets", sheets=0)

    def test_what_is_done_with_the_rows_takes_its_time(self):
        payload = csv_of("Name,Open", *["A,5"] * 600)
        book = open_book(payload, limits=Limits(seconds=2))
        for row in book.rows():
            if row.number % 200 == 0:
                time.sleep(1.1)
        self.assertEqual(row.number, 601)

    def test_bombs(self):
        bomb = zipped(SHEET, bytes(30 * MEGABYTE))
        self._refused(bomb, errors.PayloadTooLarge, "MB", unpacked_bytes=MEGABYTE)
        # the directory tells less than there is
        size = (30 * MEGABYTE).to_bytes(4, "little")
        lie = bomb.replace(size, bytes(3) + b"\1")
        self._refused(lie, errors.ProviderError, "", unpacked_bytes=MEGABYTE)

    def test_a_row_without_end(self):
        """Small when packed; as a tree it would fill the memory."""
        head = b'<worksheet><sheetData><row r="1">'
        for junk in (b"<c/>", b"<x/>", b"<c><x><x/></x></c>"):
            content = head + junk * (10 * MEGABYTE // len(junk))
            payload = rezipped(xlsx(["a"]), {SHEET: content})
            with self.subTest(junk), peak() as most:
                self._refused(payload, errors.FormatError, "damaged")
            self.assertLess(most[0], 200 * MEGABYTE)

    def test_entities(self):
        for part in (SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"):
            for codec in ("utf-8", "utf-16"):
                with self.subTest(part, codec=codec):

                    def change(xml, codec=codec):
                        body = xml.rpartition(b"?>")[2]
                        text = (BOMB + body).decode()
                        return f'<?xml version="1.0"?>{text}'.encode(codec)

                    payload = rezipped(xlsx(["a", "b"]), {part: change})
                    self._refused(payload, errors.FormatError, "damaged")
        page = b"<!DOCTYPE a [<!ENTITY b 'bb'>]><table><tr><td>&b;</td></tr></table>"
        walk(page)

    def test_other_files(self):
        for payload, pattern in (
            (b"%PDF-1.7 ...", "PDF"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"\x1f\x8b\x08" + bytes(20), "packed"),
            (zipped("content.xml", b"<a/>"), "OpenDocument"),
            (zipped("xl/workbook.bin", b"x"), "XLSB"),
            (zipped("word/document.xml", b"<a/>"), "text document"),
            (zipped("items.csv", b"a,b"), "damaged or no spreadsheet"),
            (b"PK\x03\x04", "damaged"),
            (b"MIME-Version: 1.0\r\n", "as a web page or as XML"),
            (
                b'<?xml version="1.0"?><Workbook '
                b'xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
                "as a web page or as XML",
            ),
        ):
            with self.subTest(pattern):
                self._refused(payload, errors.FormatError, pattern)

    def test_references_that_lead_nowhere(self):
        good = xlsx(["Name", "Open"], ["A", 5])
        for name, before, after in (
            (SHEET, b't="inlineStr"', b't="s"'),
            (SHEET, b"<v>5</v>", b'<v>9</v></c><c r="C2" t="s"><v>900</v>'),
            (SHEET, b"<sheetData>", b'<sheetData a="'),
            (SHEET, b'r="A2"', b'r="AAAA2"'),
            (SHEET, b'<row r="2"', b'<row r="99999999999"'),
            (SHEET, b"<v>5</v>", b"<v>1e999999</v>"),
            (SHEET, b"<v>5</v>", b"<v>five</v>"),
            ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet9.xml"),
            ("xl/workbook.xml", b"<sheet ", b"<sheet1 "),
            ("xl/styles.xml", b"numFmtId", b'numFmtId="x" y'),
        ):
            with self.subTest(after):
                with zipfile.ZipFile(io.BytesIO(good)) as archive:
                    content = archive.read(name)
                changed = content.replace(before, after)
                self.assertNotEqual(changed, content)
                payload = rezipped(good, {name: changed})
                try:
                    walk(payload)
                except errors.ProviderError:
                    continue

    def test_cut_and_damaged_files(self):
        """Wherever they are cut or spoiled: rows, or a sentence."""
        rows = [["Name", "Due", "Open"], *[["ACME", "2024-03-05", 5.5]] * 30]
        files = {
            "xlsx": xlsx(*rows),
            "xls": xls(*[tuple(row) for row in rows]),
            "bank.xls": fixture("sheets/bank.xls"),
            "page": fixture("sheets/page.xls"),
            "gb": fixture("sheets/chinese.csv"),
            "utf-16": csv_of("客户;金额", *["甲公司;5,50"] * 9, codec="utf-16"),
        }
        dice = random.Random(22)
        for name, payload in files.items():
            for _time in range(60):
                at, size = dice.randrange(len(payload)), dice.choice([1, 1, 4, 60])
                spoiled = bytearray(payload)
                spoiled[at : at + size] = dice.randbytes(size)
                for broken in (payload[:at], bytes(spoiled)):
                    with self.subTest(name, at=at):
                        self._stand(broken)

    def _stand(self, payload):
        try:
            walk(payload)
        except errors.ProviderError as error:
            self.assertTrue(str(error))


@tagged("post_install", "-at_install")
class TestLargeSheets(BaseCase):
    """Memory stays flat: nothing of a sheet is kept but its first rows.

    A part of a large sheet is read; with ``./dev test --explore`` all of it is.
    """

    def _cells(self, row):
        return [
            f"C{row:06}",
            f"Customer {row} Ltd",
            f"{row % 28 + 1:02}/{row % 12 + 1:02}/2024",
            *(f"{row * column / 100:.2f}" for column in range(COLUMNS - 3)),
        ]

    def _peak(self, payload):
        with peak() as most:
            table = read_table(open_book(payload))
            count = sum(1 for _row in table.rows())
        return count, most[0]

    def _titles(self):
        return [f"Column {at}" for at in range(COLUMNS)]

    def test_a_workbook(self):
        payload = xlsx(self._titles(), *map(self._cells, range(1000)))
        count, most = self._peak(payload)
        self.assertEqual(count, 1000)
        self.assertLess(most, 40 * MEGABYTE)

    @skipUnless(os.environ.get("MULTICURRENCY_EXPLORE"), "takes minutes")
    def test_all_of_it(self):
        count, most = self._peak(self._streamed())
        self.assertEqual(count, ROWS)
        self.assertLess(most, 300 * MEGABYTE)

    def _streamed(self):
        """A workbook of all rows, written without a library."""

        def xml():
            yield "<worksheet><sheetData>"
            for cells in (self._titles(), *map(self._cells, range(ROWS))):
                texts = (f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in cells)
                yield f"<row>{''.join(texts)}</row>"
            yield "</sheetData></worksheet>"

        good, buffer = xlsx(["a"]), io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(good)) as before,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
        ):
            for name in before.namelist():
                if name != SHEET:
                    after.writestr(name, before.read(name))
            with after.open(SHEET, "w") as part:
                for piece in xml():
                    part.write(piece.encode())
        return buffer.getvalue()

    def test_a_text(self):
        lines = (";".join(self._cells(row)) for row in range(2000))
        payload = csv_of(";".join(self._titles()), *lines, codec="cp1252")
        count, most = self._peak(payload)
        self.assertEqual(count, 2000)
        self.assertLess(most, 20 * MEGABYTE)
