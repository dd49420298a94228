"""XLSX, XLS and pages: what their cells hold, and what is said of the file."""

import datetime
import io

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from odoo.tests import BaseCase, tagged

from ....providers.errors import FormatError
from ....providers.spreadsheets import (
    Trouble,
    identifier_of,
    number_of,
    open_book,
    read_table,
)
from .files_common import rezipped, said, table_of, xls, xlsx

SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MOMENT = datetime.datetime(2024, 3, 5, 10, 30)


def cells_of(payload, sheet=0):
    """All cells, by row."""
    return [row.cells for row in open_book(payload).rows(sheet)]


@tagged("post_install", "-at_install")
class TestXlsx(BaseCase):
    def test_every_kind_of_cell(self):
        day, time = datetime.date(2024, 3, 5), datetime.time(10, 30)
        span = datetime.timedelta(hours=30)
        row = ["  text ", 5, 0.1, True, day, MOMENT, time, span, None, "007"]
        [read] = cells_of(xlsx(row))
        self.assertEqual(
            read,
            ("text", 5, 0.1, True, datetime.datetime(2024, 3, 5), MOMENT, time, span)
            + (None, "007"),
        )
        self.assertIs(read[3], True)

    def test_as_openpyxl_reads_it(self):
        """A slow reference: every cell of a sheet of all kinds."""
        rows = [
            [at, f"n {at}", at / 7, datetime.date(2024, 1, 1 + at % 28), at % 2 == 0]
            for at in range(200)
        ]
        payload = xlsx(*rows)
        book = openpyxl.load_workbook(io.BytesIO(payload))
        theirs = list(book.active.iter_rows(values_only=True))
        self.assertEqual(cells_of(payload), theirs)

    def test_other_ways_to_write_it(self):
        """Strict workbooks, prefixes, no references, rich and phonetic texts."""
        sheet = (
            b'<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main">'
            b"<x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c/>"
            b'<x:c t="inlineStr"><x:is><x:r><x:t>a</x:t></x:r><x:r><x:t>b</x:t></x:r>'
            b"<x:rPh><x:t>no</x:t></x:rPh></x:is></x:c>"
            b'<x:c t="str"><x:f>A1</x:f><x:v> c </x:v></x:c>'
            b'<x:c t="d"><x:v>2024-03-05T10:30:00</x:v></x:c>'
            b'</x:row><x:row r="5"><x:c r="B5"><x:v>1E2</x:v></x:c></x:row>'
            b"</x:sheetData></x:worksheet>"
        )
        payload = rezipped(xlsx(["x"]), {SHEET: sheet})
        rows = list(open_book(payload).rows())
        self.assertEqual(rows[0].cells, (1, None, "ab", "c", MOMENT))
        self.assertEqual((rows[1].number, rows[1].cells), (5, (None, 100.0)))

    def test_texts_that_cells_share(self):
        strings = (
            "<sst><si><t>Name</t></si><si><r><t>Köl</t></r><r><t>n </t></r></si>"
            "<si><t>客户</t><rPh><t>kèhù</t></rPh></si><si/></sst>"
        ).encode()
        cells = "".join(f'<c t="s"><v>{at}</v></c>' for at in (2, 1, 0, 3))
        sheet = f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>"
        end, relation = b"</Relationships>", b'<Relationship Id="texts" Type="'
        relation += b'http://x.test/relationships/sharedStrings" Target="texts.xml"/>'
        changes = {
            SHEET: sheet.encode(),
            "xl/texts.xml": strings,
            RELATIONS: lambda xml: xml.replace(end, relation + end),
        }
        payload = rezipped(xlsx(["x"]), changes)
        self.assertEqual(cells_of(payload), [("客户", "Köln", "Name", "")])

    def test_a_formula_without_a_result_is_said_of_its_cell(self):
        payload = xlsx(["Name", "Open"], ["A", "=1+1"], ["B", 5])
        self.assertEqual(cells_of(payload)[1], ("A", Trouble("formula", "B2")))
        table = table_of(payload)
        first, second = table.rows()
        self.assertEqual(
            [(r.code, r.row, r.column) for r in first.remarks], [("cell_formula", 2, 1)]
        )
        self.assertEqual(second.remarks, ())
        self.assertIn("B2", str(said(table.remarks)["error_cells"]))

    def test_results_of_formulas(self):
        def computed(xml):
            for empty in (b"<v></v>", b"<v />", b"<v/>"):
                xml = xml.replace(empty, b"<v>7.5</v>")
            return xml

        payload = rezipped(xlsx(["Name", "Open"], ["A", "=1+1"]), {SHEET: computed})
        self.assertEqual(cells_of(payload)[1], ("A", 7.5))

    def test_errors(self):
        payload = xlsx(["Name", "Open"], ["A", "#DIV/0!"], ["B", 5])
        [first, second] = table_of(payload).rows()
        self.assertEqual(first.cells[1], Trouble("error", "#DIV/0!"))
        self.assertEqual((second.cells[1], len(first.remarks)), (5, 1))

    def test_serials_that_excel_counts_wrongly(self):
        def format_as_day(sheet):
            for cell in sheet["B"][1:]:
                cell.number_format = "yyyy-mm-dd"

        payload = xlsx(
            ["Name", "Due"], ["A", 45356], ["B", 60], ["C", 0.5], change=format_as_day
        )
        [_names, *rows] = cells_of(payload)
        self.assertEqual(
            [row[1] for row in rows],
            [datetime.datetime(2024, 3, 5), Trouble("serial", "60"), datetime.time(12)],
        )

    def test_1904(self):
        def count_from_1904(sheet):
            sheet.parent.epoch = CALENDAR_MAC_1904

        rows = ["Name", "Due"], ["A", datetime.date(2024, 3, 5)]
        payload = xlsx(*rows, change=count_from_1904)
        book = open_book(payload)
        self.assertIn("1904", str(said(book.remarks)["epoch_1904"]))
        self.assertEqual(list(book.rows())[1].cells[1], datetime.datetime(2024, 3, 5))

    def test_sheets(self):
        book = openpyxl.Workbook()
        book.active.title = "期初"
        book.active.append(["a"])
        book.create_chartsheet("Chart")
        second = book.create_sheet("Old")
        second.append(["b", "c"])
        second.sheet_state = "hidden"
        payload = self._saved(book)
        opened = open_book(payload)
        self.assertEqual([s.name for s in opened.sheets], ["期初", "Old"])
        self.assertEqual([s.hidden for s in opened.sheets], [False, True])
        self.assertEqual(cells_of(payload, 1), [("b", "c")])
        self.assertIn("“Old” is hidden", str(said(opened.remarks)["hidden_sheet"]))

    def _saved(self, book):
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_what_is_ignored_is_said(self):
        payload = rezipped(
            xlsx(["a"]),
            {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>"},
        )
        remarks = said(open_book(payload).remarks)
        self.assertIn("macros", remarks)
        self.assertIn("external_links", remarks)

    def test_text_that_looks_like_a_formula_stays_text(self):
        def as_text(sheet):
            sheet["A2"].data_type = "s"

        table = table_of(
            xlsx(["Name", "Open"], ["=cmd|' /C calc'!A0", 5], ["B", 6], change=as_text)
        )
        [first, _second] = table.rows()
        self.assertEqual(first.cells[0], "=cmd|' /C calc'!A0")
        self.assertIn(
            "look like formulas (1, the first in row 2)",
            str(said(table.remarks)["formula_texts"]),
        )

    def test_identifiers(self):
        table = table_of(
            xlsx(
                ["Customer No.", "Phone", "Tax number", "Open"],
                ["007", 13800138000, 91310000123456789, 5.5],
                ["008", 13900139000, "91310000MA1FL0XU7K", 6],
                ["0012", 13700137000, "913100001234567890", 7],
            )
        )
        self.assertEqual(
            [column.kind for column in table.columns],
            ["identifier", "identifier", "identifier", "number"],
        )
        remarks = said(table.remarks)
        self.assertIn("leading zeros may be lost", str(remarks["phones_as_numbers"]))
        self.assertIn("row 2 has more than 15 digits", str(remarks["digits_lost"]))
        rows = list(table.rows())
        self.assertEqual(
            [identifier_of(row.cells[0]) for row in rows], ["007", "008", "0012"]
        )
        self.assertEqual(identifier_of(rows[2].cells[2]), "913100001234567890")
        for cell, text in (
            (1.38e10, "13800000000"),
            ('="007"', "007"),
            ("'007", "007"),
            (None, ""),
            ("００７", "007"),
            (10**17, "1" + "0" * 17),
            (0.5, "0.5"),
            (datetime.datetime(2024, 3, 5), "2024-03-05"),
        ):
            self.assertEqual(identifier_of(cell), text)

    def test_numbers_that_a_program_has_shortened(self):
        lines = ["Tax number;Open", "9.13100E+17;5", "9.13200E+17;6"]
        table = table_of("".join(f"{line}\n" for line in lines).encode())
        self.assertEqual(table.columns[0].kind, "identifier")
        self.assertIn("9.13100E+17", str(said(table.remarks)["digits_lost"]))

    def test_merged_cells_go_down(self):
        def merge(sheet):
            sheet.merge_cells("A2:A4")

        payload = xlsx(
            ["Customer", "Invoice", "Open"],
            ["ACME", "1", 5],
            [None, "2", 6],
            [None, "3", 7],
            ["B", "4", 8],
            change=merge,
        )
        rows = list(table_of(payload).rows())
        self.assertEqual([row.cells[0] for row in rows], ["ACME"] * 3 + ["B"])
        self.assertEqual({row.kind for row in rows}, {"data"})


@tagged("post_install", "-at_install")
class TestXls(BaseCase):
    def test_cells(self):
        payload = xls(
            ("客户", "余额", "日"), ("ACME", 12.5, ("day", 45356)), name="应收"
        )
        book = open_book(payload)
        self.assertEqual((book.kind, book.sheets[0].name), ("xls", "应收"))
        self.assertEqual(
            cells_of(payload)[1], ("ACME", 12.5, datetime.datetime(2024, 3, 5))
        )

    def test_merged_cells_go_down(self):
        payload = xls(
            ("Customer", "No", "Open"),
            ("ACME", "1", 5),
            (None, "2", 6),
            merged=[(1, 2, 0, 0)],
        )
        rows = list(table_of(payload).rows())
        self.assertEqual([row.cells[0] for row in rows], ["ACME", "ACME"])

    def test_many_rows(self):
        payload = xls(*[(f"C{at}", at, "x" * 40) for at in range(5000)])
        self.assertEqual(len(cells_of(payload)), 5000)

    def test_other_files_in_its_container(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        with self.assertRaisesRegex(FormatError, "password: save it without one"):
            open_book(ole + bytes(2000) + "EncryptedPackage".encode("utf-16-le"))
        with self.assertRaisesRegex(FormatError, "damaged"):
            open_book(ole + bytes(4096))


@tagged("post_install", "-at_install")
class TestTablesOfPages(BaseCase):
    def _page(self, *rows):
        lines = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<html><body><p>Hi</p><table>{lines}</table></body></html>".encode()

    def test_cells_across_columns_and_rows(self):
        payload = self._page(
            "<th>Customer</th><th>No</th><th>Open</th>",
            "<td rowspan='2'>ACME</td><td>1</td><td>5.50</td>",
            "<td>2</td><td>6.50</td>",
            "<td colspan='2'>Total</td><td>12.00</td>",
        )
        table = table_of(payload)
        rows = list(table.rows())
        self.assertEqual([row.cells[0] for row in rows], ["ACME", "ACME", "Total"])
        self.assertEqual([row.kind for row in rows], ["data", "data", "total"])
        seen = table.columns[2].evidence.numbers
        self.assertEqual(number_of(seen, rows[1].cells[2]), 6.5)

    def test_each_table_is_a_sheet(self):
        one, other = self._page("<td>a</td>"), self._page("<td>b</td>", "<td>c</td>")
        book = open_book(one.replace(b"</html>", b"") + other)
        self.assertEqual([sheet.rows for sheet in book.sheets], [1, 2])
        self.assertEqual(read_table(book, 1).header, (1,))

    def test_no_table(self):
        for page in (
            b"<html><p>Log in</p></html>",
            b"<?xml version='1.0'?><Workbook/>",
        ):
            with self.assertRaises(FormatError):
                open_book(page)
