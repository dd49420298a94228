"""Sheets that people fill in, save from Excel, protect and break."""

import datetime
import io
import zipfile

import openpyxl

from odoo.tests import BaseCase, tagged

from ....providers import errors, sheets
from ....providers.http import Client
from ..adapter_cases import AdapterCases
from ..common import fixture, zipped

FRIDAY = datetime.date(2026, 3, 6)
NAMES = "date,currency,base,rate,direction"
GOOD = "2026-03-06,USD,CNY,7.0123,base per foreign"


def sheet(*rows, names=NAMES, codec="utf-8"):
    """A CSV file."""
    return "".join(f"{row}\r\n" for row in (names, *rows)).encode(codec)


def workbook(*rows, names=NAMES):
    """An XLSX file with the names of the columns and some rows of values."""
    book = openpyxl.Workbook()
    for row in (names.split(","), *rows):
        book.active.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rezipped(payload, name, change):
    """An archive with one of its files changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(payload)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            content = before.read(part)
            after.writestr(part, change(content) if part == name else content)
    return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestManualFileText(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/rates.csv", "sheets/semicolon.csv")
    # nobody sees that the last line's last figure is half there
    sees_cuts = False

    def test_a_sheet(self):
        quotes = self.by_key(fixture("sheets/rates.csv"))
        self.assertEqual(len(quotes), 5)
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 7.0123 CNY")
        self.assertEqual(str(quotes[FRIDAY, "USD", "buy"].value), "6.9800")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 4.5012 CNY")
        self.assertEqual(str(quotes[FRIDAY, "KRW", "mid"]), "1 EUR = 1712.40 KRW")
        self.assertNotIn((FRIDAY, "VND", "mid"), quotes)

    def test_chinese_excel(self):
        quotes = self.by_key(fixture("sheets/chinese.csv"))
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 7.0123 CNY")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "buy"]), "100 JPY = 4.5012 CNY")
        self.assertEqual(str(quotes[FRIDAY, "KRW", "mid"]), "1 CNY = 205.34 KRW")
        text = fixture("sheets/chinese.csv").decode("gb18030")
        for codec in ("utf-8", "utf-8-sig", "utf-16"):
            with self.subTest(codec):
                self.assertEqual(self.by_key(text.encode(codec)), quotes)

    def test_decimal_comma_between_semicolons(self):
        quotes = self.by_key(fixture("sheets/semicolon.csv"))
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"].value), "7.0123")

    def test_tabs(self):
        [quote] = self.parse(fixture("sheets/tabs.txt"))
        self.assertEqual(str(quote), "1 USD = 7.0123 CNY")

    def test_a_mistyped_year_is_refused_by_row(self):
        """odoo/odoo#18048"""
        for day in ("0202-11-20", "0001-01-01", "9999-12-31", "1926-03-06"):
            with self.subTest(day):
                payload = sheet(GOOD, GOOD.replace("2026-03-06", day))
                pattern = f"Row 3, column “date”: “{day}” can't be the day of a rate"
                self.assertRefused(payload, errors.FormatError, pattern)
        payload = sheet(GOOD.replace("2026", "0202").replace("03-06", "03-02"))
        self.assertRefused(payload, errors.FormatError, "“0202-03-02”")
        twice = sheet(GOOD.replace("2026-03-06", "03/02/0202"))
        self.assertRefused(twice, errors.FormatError, "0202-03-02 or 0202-02-03")

    def test_a_day_more_than_a_year_ahead(self):
        for day, is_refused in (("2027-03-07", False), ("2027-03-08", True)):
            with self.subTest(day):
                payload = sheet(GOOD.replace("2026-03-06", day))
                if is_refused:
                    self.assertRefused(
                        payload,
                        errors.FormatError,
                        "from 1970-01-01 to 2027-03-07",
                        today=FRIDAY,
                    )
                else:
                    self.assertEqual(len(self.parse(payload, today=FRIDAY)), 1)

    def test_a_time_behind_the_day(self):
        for cell in (
            "2026-03-06 10:30:00",
            "2026.03.06 10:30",
            "2026年3月6日 10:30:00",
            "6.3.2026 10:30",
            "20260306 10:30:00",
            "2026-03-06T10:30:00.000Z",
            "2026-03-06T10:30:00+08:00",
            "6 Mar 2026 10:30 AM",
        ):
            with self.subTest(cell):
                [quote] = self.parse(sheet(GOOD.replace("2026-03-06", cell)))
                self.assertEqual(quote.date, FRIDAY)

    def test_template(self):
        quotes = self.parse(self.adapter.template_csv())
        self.assertEqual({quote.base for quote in quotes}, {"CNY"})
        self.assertEqual(len(quotes), 3)

    def test_base_from_outside(self):
        names = "date,currency,rate,direction"
        payload = sheet("2026-03-06,USD,7.0123,base per foreign", names=names)
        self.assertRefused(payload, errors.FormatError, "base")
        [quote] = self.parse(payload, base="CNY")
        self.assertEqual(quote.base, "CNY")
        self.assertRefused(payload, errors.FormatError, "base", base="yuan")

    def test_columns_that_miss_or_repeat(self):
        for name in NAMES.split(","):
            with self.subTest(name):
                names = NAMES.replace(name, "remark")
                payload = sheet(GOOD, names=names)
                self.assertRefused(payload, errors.FormatError, f"“{name}”")
        twice = sheet(GOOD + ",7", names=NAMES + ",汇率")
        self.assertRefused(twice, errors.FormatError, "“rate” and “汇率”")

    def test_wrong_cells(self):
        for cell, wrong, pattern in (
            ("2026-03-06", "06/03/2026", "date"),
            ("2026-03-06", "46087", "date"),
            ("2026-03-06", "2026-02-30", "date"),
            ("2026-03-06", "", "date"),
            ("USD", "dollar", "currency"),
            ("USD", "CNY", "currency"),
            ("CNY", "¥", "base"),
            ("7.0123", "0", "rate"),
            ("7.0123", "-7.0123", "rate"),
            ("7.0123", '"7,0123"', "rate"),
            ("7.0123", '"7,012.3"', "rate"),
            ("7.0123", "7.01.23", "rate"),
            ("7.0123", "#DIV/0!", "rate"),
            ("7.0123", "1e99", "rate"),
            ("base per foreign", "both", "direction"),
            ("base per foreign", "", "direction"),
        ):
            with self.subTest(wrong, column=pattern):
                payload = sheet(
                    GOOD.replace("06,", "05,", 1), GOOD.replace(cell, wrong)
                )
                pattern = f"Row 3, column “{pattern}”"
                self.assertRefused(payload, errors.FormatError, pattern)

    def test_wrong_nominals_and_kinds(self):
        names = f"{NAMES},nominal,kind"
        for more in ("0,", "-1,", "1.5,", "ten,", ",best", "9999999999,"):
            with self.subTest(more):
                payload = sheet(f"{GOOD},{more}", names=names)
                self.assertRefused(payload, errors.FormatError, "Row 2, column")

    def test_commas_and_points_in_one_sheet(self):
        names = NAMES.replace(",", ";")
        row = GOOD.replace(",", ";")
        payload = sheet(
            row.replace("7.0123", "7,0123").replace("USD", "EUR"), row, names=names
        )
        self.assertRefused(payload, errors.FormatError, "Row 3")

    names_of_three = "date,currency,base,nominal,rate,direction"

    def _rows_of_three(self, rows):
        """Rows of (currency, nominal, rate), in yuan."""
        return [
            ("2026-03-06", currency, "CNY", nominal, rate, "base per foreign")
            for currency, nominal, rate in rows
        ]

    def _between(self, sign, *rows):
        """The same between signs."""
        lines = [sign.join(row) for row in self._rows_of_three(rows)]
        return sheet(*lines, names=self.names_of_three.replace(",", sign))

    def _between_semicolons(self, *rows):
        return self._between(";", *rows)

    def _page(self, *rows):
        """The same in the table of a page."""
        lines = [self.names_of_three.split(","), *self._rows_of_three(rows)]
        table = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>"
            for line in lines
        )
        return f"<html><body><table>{table}</table></body></html>".encode()

    def _texts(self, *rows):
        """The same as text cells of a workbook."""
        return workbook(*self._rows_of_three(rows), names=self.names_of_three)

    def _layouts(self, *rows):
        """The same in every layout without commas between columns."""
        return {
            "semicolons": self._between(";", *rows),
            "tabs": self._between("\t", *rows),
            "page": self._page(*rows),
            "workbook": self._texts(*rows),
        }

    def test_in_every_layout_what_two_read_differently_is_settled_or_refused(self):
        """3.657 dong for a yuan are 3,657 (odoo/odoo#18048)."""
        pattern = "Row 2, column .*in some countries and as decimals in others"
        for layout, payload in self._layouts(("VND", "1", "3.657")).items():
            with self.subTest(layout):
                self.assertRefused(payload, errors.FormatError, pattern)
        rows = ("VND", "1", "3.657"), ("USD", "1", "7.0123")
        for layout, payload in self._layouts(*rows).items():
            with self.subTest(layout):
                values = {str(quote.value) for quote in self.parse(payload)}
                self.assertEqual(values, {"3.657", "7.0123"})
        rows = ("VND", "1", "3,657"), ("USD", "1", "7,0123")
        for layout, payload in self._layouts(*rows).items():
            with self.subTest(layout):
                values = {str(quote.value) for quote in self.parse(payload)}
                self.assertEqual(values, {"3.657", "7.0123"})

    def test_what_is_no_figure_settles_nothing(self):
        for text in ("N.A.", "."):
            for layout, payload in self._layouts(
                ("USD", "1", text), ("VND", "1", "3.657")
            ).items():
                with self.subTest(layout, text=text):
                    self.assertRefused(payload, errors.FormatError, "Row 3, column")

    def test_numbers_of_a_workbook_are_exact(self):
        row = (FRIDAY, "VND", "CNY", 1000, 3.657, "base per foreign")
        [quote] = self.parse(workbook(row, names=self.names_of_three))
        self.assertEqual((str(quote.value), quote.nominal), ("3.657", 1000))

    def test_thousands_and_decimals_are_told_apart(self):
        """10 million dong are 2,734 yuan, not 2.7 million (Dolibarr#32266)."""
        [quote] = self.parse(self._between_semicolons(("VND", "1.000", "0,2734")))
        self.assertEqual(quote.nominal, 1000)
        self.assertAlmostEqual(float(quote.rate), 1000 / 0.2734)
        [quote] = self.parse(self._between_semicolons(("VND", "1.000", "2.7341")))
        self.assertEqual(quote.nominal, 1)

    def test_figures_without_any_sign(self):
        rows = ("JPY", "1", "155"), ("KRW", "1", "-"), ("USD", "1", "7,0124")
        self.assertEqual(len(self.parse(self._between_semicolons(*rows))), 2)
        [quote] = self.parse(self._between_semicolons(("JPY", "", "155")))
        self.assertEqual(str(quote.value), "155")

    def test_a_part_of_a_unit_is_refused(self):
        for nominal in ("1.500", "100.250", "1.5"):
            payload = sheet(f"{GOOD},{nominal}", names=f"{NAMES},nominal")
            self.assertRefused(payload, errors.FormatError, "Row 2, column “nominal”")
        [quote] = self.parse(sheet(f"{GOOD},1.000", names=f"{NAMES},nominal"))
        self.assertEqual(quote.nominal, 1)

    def test_the_rest_of_the_sheet_settles_it(self):
        first, second = self.parse(
            self._between_semicolons(("USD", "1", "7,012"), ("EUR", "1", "7,8154"))
        )
        self.assertEqual({str(first.value), str(second.value)}, {"7.012", "7.8154"})

    def test_what_nothing_settles_is_refused(self):
        """akaunting#26"""
        for row in (
            ("USD", "1", "7,012"),
            ("USD", "1", "7.012"),
            ("VND", "1.000", "3"),
        ):
            with self.subTest(row=row):
                payload = self._between_semicolons(row)
                pattern = "Row 2, column .*in some countries and as decimals in others"
                self.assertRefused(payload, errors.FormatError, pattern)

    def test_thousands_once_it_is_settled(self):
        payload = self._between_semicolons(
            ("USD", "1", "7,0124"), ("VND", "1", "3.657")
        )
        self.assertRefused(payload, errors.FormatError, "Row 3.*without thousands")

    def test_a_text_in_a_workbook(self):
        names = f"{NAMES},nominal"
        row = ["2026-03-06", "VND", "CNY", "0.2734", "base per foreign", "1,000"]
        [quote] = self.parse(workbook(row, names=names))
        self.assertEqual(quote.nominal, 1000)

    def test_one_rate_twice_and_two_rates(self):
        self.assertEqual(len(self.parse(sheet(GOOD, GOOD))), 1)
        other = GOOD.replace("7.0123", "7.0124")
        payload = sheet(GOOD, "", other)
        self.assertRefused(payload, errors.FormatError, "Rows 2 and 4.*USD")

    def test_refused_figures_are_collected(self):
        refused = []
        quotes = self.parse(
            sheet(GOOD, GOOD.replace("7.0123", "0").replace("USD", "EUR")),
            refused=refused,
        )
        self.assertEqual([quote.currency for quote in quotes], ["USD"])
        self.assertEqual([(r.currency, r.text) for r in refused], [("EUR", "0")])

    def test_no_rates(self):
        self.assertRefused(sheet(), errors.NoQuotes)
        self.assertRefused(sheet(GOOD.replace("7.0123", "n/a")), errors.NoQuotes)

    def test_too_many_rows(self):
        self.patch(sheets, "MAX_ROWS", 3)
        days = [GOOD.replace("06", f"{day:02}", 1) for day in (2, 3, 4)]
        self.assertEqual(len(self.parse(sheet(*days[:2]))), 2)
        self.assertRefused(sheet(*days), errors.PayloadTooLarge, "3 rows")

    def test_too_many_bytes(self):
        self.patch(type(self.adapter), "max_bytes", 100)
        self.assertRefused(sheet(GOOD, GOOD), errors.PayloadTooLarge)

    def test_nothing_is_downloaded(self):
        with self.assertRaisesRegex(errors.RequestRefused, "upload"):
            self.adapter.fetch(Client(()), "", FRIDAY, FRIDAY, FRIDAY)


@tagged("post_install", "-at_install")
class TestManualFileChinese(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/chinese.csv",)
    codec = "gb18030"
    sees_cuts = False


@tagged("post_install", "-at_install")
class TestManualFileWorkbooks(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/bank.xlsx", "sheets/bank.xls")
    codec = None

    def test_both_kinds_say_the_same(self):
        xlsx, xls = map(self.by_key, map(fixture, self.fixtures))
        self.assertEqual(xlsx, xls)
        self.assertEqual(len(xlsx), 4)
        self.assertEqual(str(xlsx[FRIDAY, "USD", "mid"].value), "7.0123")
        self.assertEqual(str(xlsx[FRIDAY, "JPY", "buy"]), "100 JPY = 4.5012 CNY")
        self.assertEqual(xlsx[FRIDAY, "KRW", "mid"].direction, "foreign_per_base")
        # a moment is that day, and a whole number is a figure too
        monday = datetime.date(2026, 3, 9)
        self.assertEqual(str(xls[monday, "USD", "mid"]), "1 USD = 7 CNY")

    def test_floats_are_written_short(self):
        payload = workbook((FRIDAY, "USD", "CNY", 0.1 + 0.6, "base per foreign"))
        [quote] = self.parse(payload)
        self.assertEqual(str(quote.value), repr(0.1 + 0.6))
        [quote] = self.parse(workbook((FRIDAY, "USD", "CNY", 7.1, "direct")))
        self.assertEqual(str(quote.value), "7.1")

    def test_wrong_cells_are_named(self):
        for figure in (True, 0, -1, FRIDAY, "7,123", "#N/A"):
            with self.subTest(figure):
                payload = workbook((FRIDAY, "USD", "CNY", figure, "direct"))
                pattern = "Row 2, column “rate”"
                self.assertRefused(payload, errors.FormatError, pattern)

    def test_formula_without_result(self):
        row = (FRIDAY, "USD", "CNY", "=7+0.0123", "direct")
        self.assertRefused(workbook(row), errors.FormatError, "formula in D2")

    def test_formula_with_result(self):
        payload = workbook((FRIDAY, "USD", "CNY", "=7+0.0123", "direct"))
        payload = rezipped(
            payload,
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b"<v></v>", b"<v>7.0123</v>").replace(
                b"<v />", b"<v>7.0123</v>"
            ),
        )
        [quote] = self.parse(payload)
        self.assertEqual(str(quote.value), "7.0123")

    def test_entities(self):
        bomb = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
        for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
            for codec in ("utf-8", "utf-16"):
                with self.subTest(part, codec=codec):

                    def change(xml, codec=codec):
                        head, mark, body = xml.rpartition(b"?>")
                        text = (bomb + body).decode()
                        return f'<?xml version="1.0"?>{text}'.encode(codec)

                    payload = rezipped(fixture("sheets/bank.xlsx"), part, change)
                    self.assertRefused(payload, errors.FormatError, "damaged")

    def test_zip_bombs(self):
        self.patch(type(self.adapter), "max_bytes", 1_000_000)
        bomb = zipped("xl/worksheets/sheet1.xml", bytes(5_000_000))
        self.assertLess(len(bomb), 100_000)
        self.assertRefused(bomb, errors.PayloadTooLarge)
        # the directory tells less than there is
        lie = bomb.replace((5_000_000).to_bytes(4, "little"), bytes(3) + b"\0")
        self.assertRefused(lie, errors.FormatError)

    def test_row_numbers_without_end(self):
        payload = rezipped(
            workbook((FRIDAY, "USD", "CNY", 7.1, "direct")),
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"'),
        )
        self.assertRefused(payload, errors.ProviderError)

    def test_protected_and_foreign_archives(self):
        self.assertRefused(zipped("a.txt", b"no sheet"), errors.FormatError)
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)
        self.assertRefused(ole, errors.FormatError)
        payload = bytearray(fixture("sheets/bank.xlsx"))
        at = payload.index(b"PK\x01\x02")
        payload[at + 8] |= 1
        self.assertRefused(bytes(payload), errors.FormatError, "protected")
