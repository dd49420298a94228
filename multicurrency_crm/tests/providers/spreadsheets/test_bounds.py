"""Files that are too large, broken or bad: one sentence, never a trace, and no more
memory than a row needs.
"""

import io
import os
import random
import tracemalloc
import zipfile
from pathlib import Path
from unittest import skipUnless

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
            tracemalloc.start()
            self.addCleanup(tracemalloc.stop)
            self._refused(payload, errors.FormatError, "damaged")
            self.assertLess(tracemalloc.get_traced_memory()[1], 60 * MEGABYTE)
            tracemalloc.stop()

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
        ):
            with self.subTest(pattern):
                self._refused(payload, errors.FormatError, pattern)

    def test_references_that_lead_nowhere(self):
        good = xlsx(["Name", "Open"], ["A", 5])
        for name, before, after in (
            (SHEET, b't="s"', b't="s" x="'),
            (SHEET, b'r="A2"', b'r="AAAA2"'),
            (SHEET, b'<row r="2"', b'<row r="99999999999"'),
            (SHEET, b"<v>0</v>", b"<v>900</v>"),
            (SHEET, b"<v>5</v>", b"<v>1e999999</v>"),
            (SHEET, b"<v>5</v>", b"<v>five</v>"),
            ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet9.xml"),
            ("xl/workbook.xml", b"<sheet ", b"<sheet1 "),
            ("xl/styles.xml", b"numFmtId", b'numFmtId="x" y'),
        ):
            with self.subTest(after):
                payload = rezipped(good, {name: lambda xml: xml.replace(before, after)})
                self.assertNotEqual(payload, good)
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

    What Python allocates is counted, which makes it slow: a part of a large sheet is
    read. With ``./dev test --explore`` all of it is, and the process is measured.
    """

    def _cells(self, row):
        return [
            f"C{row:06}",
            f"Customer {row} Ltd",
            f"{row % 28 + 1:02}/{row % 12 + 1:02}/2024",
            *(f"{row * column / 100:.2f}" for column in range(COLUMNS - 3)),
        ]

    def _peak(self, payload):
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        table = read_table(open_book(payload))
        count = sum(1 for _row in table.rows())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return count, peak

    def _titles(self):
        return [f"Column {at}" for at in range(COLUMNS)]

    def test_a_workbook(self):
        sizes = []
        for rows in (200, 1000):
            payload = xlsx(self._titles(), *map(self._cells, range(rows)))
            count, peak = self._peak(payload)
            self.assertEqual(count, rows)
            sizes.append(peak)
        # five times as many rows aren't kept
        self.assertLess(sizes[1], 40 * MEGABYTE)
        self.assertLess(sizes[1], 2 * sizes[0] + 5 * MEGABYTE)

    @skipUnless(os.environ.get("MULTICURRENCY_EXPLORE"), "takes minutes")
    def test_all_of_it(self):
        payload = self._streamed()
        before = self._resident()
        table = read_table(open_book(payload))
        most = before
        for row in table.rows():
            if not row.number % 5000:
                most = max(most, self._resident())
        self.assertEqual(table.counts, {"data": ROWS})
        self.assertLess(most - before, 300 * MEGABYTE)

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

    def _resident(self):
        """Bytes that the process has in memory."""
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def test_a_text(self):
        lines = (";".join(self._cells(row)) for row in range(2000))
        payload = csv_of(";".join(self._titles()), *lines, codec="cp1252")
        count, peak = self._peak(payload)
        self.assertEqual(count, 2000)
        self.assertLess(peak, 20 * MEGABYTE)
