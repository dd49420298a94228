"""CSV files as programs and people save them: encodings, delimiters, loose quotes."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....providers.errors import FormatError
from ....providers.spreadsheets import open_book
from .files_common import csv_of, said

CHINESE = ("客户名称,币种,应收余额,备注", "上海隆盛有限公司,美元,1234.50,已开票")
TEXTS = {
    "gb18030": (CHINESE, ("客户,金额", "深圳市宏远贸易有限公司,5")),
    "big5hkscs": (
        ("客戶名稱,幣別,應收餘額,備註", "臺灣國際貿易股份有限公司,美元,1234.50,已開票"),
        ("客戶,金額", "臺北實業有限公司,5"),
    ),
    "cp932": (
        ("取引先,通貨,売掛金残高", "株式会社さくら商事,米ドル,1234.50"),
        ("お客様,金額", "カタカナ株式会社,5"),
    ),
    "cp1252": (
        ("Kunde;Ort;Betrag", "Müller & Söhne;Köln;5"),
        ("Client,Ville", "Société Générale,Besançon"),
        ("Cliente;País", "Señor Muñoz;España"),
        ("Kunde,By", "Ødegård,Tromsø"),
    ),
    "cp1250": (
        ("Klient;Miasto", "Wąsik Spółka;Łódź"),
        ("Odběratel;Město", "Dvořák a syn;Třebíč"),
        ("Vevő;Város", "Győri Műszaki Kft;Győr"),
    ),
}


@tagged("post_install", "-at_install")
class TestEncodings(BaseCase):
    def test_each_is_recognised(self):
        for codec, texts in TEXTS.items():
            for lines in texts:
                with self.subTest(codec, line=lines[1]):
                    book = open_book(csv_of(*lines, codec=codec))
                    self.assertEqual(book.encoding, codec)
                    cells = [row.cells for row in book.rows()]
                    sign = book.delimiter
                    self.assertEqual(cells, [tuple(li.split(sign)) for li in lines])

    def test_each_in_unicode(self):
        for texts in TEXTS.values():
            for lines in texts:
                for codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
                    with self.subTest(codec, line=lines[1]):
                        book = open_book(csv_of(*lines, codec=codec))
                        self.assertIn("UTF", book.encodings[0].label)
                        first = next(book.rows()).cells
                        self.assertEqual(first, tuple(lines[0].split(book.delimiter)))
                        self.assertEqual(book.remarks, ())

    def test_the_choice_is_shown_and_can_be_changed(self):
        """Read as GB18030, Köln is K鰈n."""
        payload = csv_of("Kunde;Ort", "ACME;Köln", codec="cp1252")
        book = open_book(payload)
        remark = said(book.remarks)["encoding"]
        self.assertEqual((remark.proposed, remark.level), ("cp1252", "note"))
        self.assertIn("Windows-1252: “ACME;Köln”", str(remark))
        self.assertIn("gb18030", remark.readings)
        chosen = open_book(payload, encoding="gb18030")
        self.assertEqual(list(chosen.rows())[1].cells, ("ACME", "K鰈n"))
        with self.assertRaisesRegex(FormatError, "can't be read as utf-8"):
            open_book(payload, encoding="utf-8")
        with self.assertRaisesRegex(FormatError, "can't be read as rot13"):
            open_book(payload, encoding="rot13")

    def test_of_two_that_make_sense_it_is_asked(self):
        """Õ and Ő, õ and ő have the same bytes."""
        payload = csv_of("Name;Ort", "Kõrv;Põlva", codec="cp1252")
        remark = said(open_book(payload).remarks)["encoding"]
        self.assertEqual(remark.level, "ask")
        self.assertIn("cp1250", remark.readings)

    def test_letters_that_were_broken_before(self):
        broken = "Müller,Köln".encode().decode("latin-1")
        book = open_book(csv_of("Name,Ort", broken))
        self.assertIn("MÃ¼ller", str(said(book.remarks)["letters_broken"]))
        for whole in ("Müller,Köln", "São Tomé,Âncora", "客户,Ã"):
            self.assertEqual(open_book(csv_of("Name,Ort", whole)).remarks, ())

    def test_bytes_that_are_no_text(self):
        with self.assertRaisesRegex(FormatError, "letters of the file can't be read"):
            open_book(b"\xef\xbb\xbfName\xff,\xff\xfe\n")
        for payload in (b"", b" \r\n", b"\xef\xbb\xbf", bytes(100)):
            with self.assertRaisesRegex(FormatError, "empty"):
                open_book(payload)

    @given(st.sampled_from(sorted(TEXTS)), st.integers(1, 40), st.randoms())
    def test_the_order_of_lines_changes_nothing(self, codec, count, random):
        lines = list(TEXTS[codec][0])
        body = [lines[1]] * count + ["ACME,5"] * count
        random.shuffle(body)
        book = open_book(csv_of(lines[0], *body, codec=codec))
        self.assertEqual(book.encoding, codec)


@tagged("post_install", "-at_install")
class TestDelimiters(BaseCase):
    def _delimiter(self, *lines, **how):
        return open_book(csv_of(*lines), **how).delimiter

    def test_each(self):
        for sign in ",;\t|":
            lines = [sign.join(cells) for cells in (("Name", "Open"), ("A", "5"))]
            self.assertEqual(self._delimiter(*lines), sign)

    def test_one_column(self):
        """No line has a sign, or only some have commas in their texts."""
        book = open_book(csv_of("Name", "ACME", "Globex"))
        self.assertIsNone(book.delimiter)
        self.assertIn("one_column", said(book.remarks))
        self.assertEqual([row.cells for row in book.rows()][1], ("ACME",))
        lines = ("Name", "Smith, John", "ACME", "Globex", "Wayne, Bruce", "Initech")
        self.assertIsNone(self._delimiter(*lines))

    def test_commas_in_numbers(self):
        self.assertEqual(self._delimiter("A;B;C", "1,5;2,3;x", "1,50;2,30;y"), ";")
        self.assertEqual(self._delimiter("Kunde;Betrag", "A;1.234,50"), ";")
        self.assertEqual(self._delimiter("1,5;2,5", "3,5;4,5"), ";")

    def test_signs_within_texts(self):
        lines = ("Name,Tags,Note", 'A,"x;y;z","a|b"', 'B,"x;y;z","a|b"')
        self.assertEqual(self._delimiter(*lines), ",")
        # tabs behind the cells
        self.assertEqual(self._delimiter("Id,Name,N", "1\t,A,\t", "2\t,B,\t"), ",")

    def test_titles_and_notes_around(self):
        lines = ("Company:,ACME", "Period:,2024-03", "", "No,Name,Open", "1,A,5.50")
        self.assertEqual(self._delimiter(*lines), ",")
        lines = ("Open items, as of today", "", "a;b;c", *["1;2;3"] * 5, "Note: x, y")
        self.assertEqual(self._delimiter(*lines), ";")

    def test_what_the_first_line_says(self):
        book = open_book(csv_of("sep=;", "Name;Open", "A,B;5"))
        self.assertEqual(book.delimiter, ";")
        # as a spreadsheet program counts
        self.assertEqual([row.number for row in book.rows()], [1, 2])
        self.assertEqual(list(book.rows())[1].cells, ("A,B", "5"))
        self.assertEqual(self._delimiter("SEP=|", "Name|Open"), "|")

    def test_somebody_chooses(self):
        self.assertEqual(self._delimiter("a;b,c", "d;e,f", delimiter=","), ",")


@tagged("post_install", "-at_install")
class TestLooseQuotes(BaseCase):
    def _cells(self, *lines):
        return [row.cells for row in open_book(csv_of(*lines)).rows()]

    def test_what_strict_readers_refuse(self):
        self.assertEqual(
            self._cells("a,b,c", '"-1,099.14"\t,CNY,x', '"5" pipe,7,8', '1, "2,5",3'),
            [
                ("a", "b", "c"),
                ("-1,099.14", "CNY", "x"),
                ("5 pipe", "7", "8"),
                ("1", "2,5", "3"),
            ],
        )

    def test_lines_within_a_cell(self):
        book = open_book(csv_of("Name,Address", '"ACME","1 High St\r\nLondon"', "B,x"))
        rows = list(book.rows())
        self.assertEqual(rows[1].cells, ("ACME", "1 High St\r\nLondon"))
        self.assertEqual([row.number for row in rows], [1, 2, 3])
        last = open_book(csv_of("Name,Address", '"ACME","1 High St\r\nLondon"'))
        self.assertEqual(len(list(last.rows())), 2)

    def test_a_quote_that_nothing_closes(self):
        book = csv_of("Name,Open", "A,5", '"B,6', *["C,7"] * 20)
        with self.assertRaisesRegex(FormatError, "Line 3 opens a cell"):
            list(open_book(book).rows())
        long = csv_of("Name,Open", '"B,6', *["C,7"] * 40_000)
        with self.assertRaisesRegex(FormatError, "opens a cell"):
            list(open_book(long).rows())

    def test_empty_lines_count(self):
        book = open_book(csv_of("Name,Open", "", ",", "A,5"))
        self.assertEqual([row.number for row in book.rows()], [1, 4])

    @given(
        st.lists(
            st.lists(
                st.text(
                    st.characters(codec="utf-8", exclude_categories=["C", "Z"])
                    | st.just(" "),
                    max_size=12,
                ).map(str.strip),
                min_size=3,
                max_size=3,
            ),
            min_size=1,
            max_size=8,
        ),
        st.sampled_from(",;\t|"),
    )
    def test_what_is_written_is_read(self, rows, sign):
        rows = [row for row in rows if any(row)]
        if not rows or rows[0][0].lower().startswith("sep="):
            return
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=sign, quoting=csv.QUOTE_ALL).writerows(rows)
        book = open_book(buffer.getvalue().encode("utf-8-sig"), delimiter=sign)
        self.assertEqual([list(row.cells) for row in book.rows()], rows)
