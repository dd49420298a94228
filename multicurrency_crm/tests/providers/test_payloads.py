"""Whatever a publisher sends is read safely, or refused with a sentence."""

import gzip
import struct
import tracemalloc
import zipfile
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...providers.errors import FormatError, PayloadTooLarge, Term
from ...providers.payloads import decode, parse_csv, parse_json, parse_xml, unzip_one
from .common import zipped
from .faults import ENTITY_BOMB, MEGABYTE, WEB_PAGE

WEB_PAGES = (
    WEB_PAGE,
    b"\xef\xbb\xbf\r\n<HTML lang='en'><body>closed",
    b'<?xml version="1.0"?>\n<!-- c --><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">',
    b"<script>location = '/new'</script>",
    "<html><body>closed</body></html>".encode("utf-16"),
)


class PayloadCase(BaseCase):
    def assertRefused(self, read, payload, pattern, error=FormatError, **options):
        """Refused twice: in the name of a publisher, and of none."""
        for publisher in ("Bank of Atlantis", ""):
            with self.assertRaisesRegex(error, pattern) as caught:
                read(payload, publisher=publisher, **options)
            sentence = str(caught.exception)
            self.assertTrue(sentence.startswith(publisher or "The service"), sentence)
            self.assertTrue(sentence.endswith("."), sentence)
            self.assertIsInstance(caught.exception.sentence, Term)
        return caught.exception

    def assertNoPages(self, read):
        for page in WEB_PAGES:
            with self.subTest(page):
                self.assertRefused(read, page, "web page instead of rates")
        for nothing in (b"", b" \r\n"):
            with self.subTest(nothing):
                self.assertRefused(read, nothing, "empty answer")


@tagged("post_install", "-at_install")
class TestXml(PayloadCase):
    def test_plain(self):
        root = parse_xml(
            b'<?xml version="1.0"?><!-- c --><r a="1"><?p i?><!-- c --></r>'
        )
        self.assertEqual((root.tag, root.get("a"), len(root)), ("r", "1", 0))

    def test_declared_encodings(self):
        cases = {
            "ISO-8859-9": "Türk lirası, İş",
            "windows-1251": "Доллар США",
            "ISO-8859-2": "koruna česká",
            "UTF-8": "人民币",
            "GB2312": "人民币",
            "UTF-16": "人民币",
        }
        for encoding, words in cases.items():
            with self.subTest(encoding):
                text = f'<?xml version="1.0" encoding="{encoding}"?><r>{words}</r>'
                self.assertEqual(parse_xml(text.encode(encoding)).text, words)

    def test_beginnings(self):
        for beginning in (b"\xef\xbb\xbf", b"\r\n ", b"\xef\xbb\xbf\n"):
            with self.subTest(beginning):
                self.assertEqual(parse_xml(beginning + b"<r/>").tag, "r")

    def test_wrong_encodings(self):
        for payload in (
            b'<?xml version="1.0" encoding="UTF-8"?><r>\xfe</r>',
            b'<?xml version="1.0" encoding="nonsense"?><r/>',
            b"<r>\0</r>",
        ):
            with self.subTest(payload):
                self.assertRefused(parse_xml, payload, "another encoding")

    def test_damaged(self):
        for payload in (
            b"<r><day>",
            b"<r><day></r>",
            b"<r a='1",
            b"<r/><r/>",
            b'{"USD": 1}',
            b"<r>&unknown;</r>",
            b"<r>" * 300 + b"</r>" * 300,
            b"<r>" + b"x" * 11 * MEGABYTE + b"</r>",
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(parse_xml, payload, "damaged, cut off or not XML")

    def test_document_types(self):
        outside = b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>'
        entity = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r>&e;</r>'
        hidden = '<?xml version="1.0" encoding="UTF-16"?>' + entity.decode()
        utf_7 = (
            b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE r '
            b'+AFsAPAAh-ENTITY e "x"+AD4AXQA+ADw-r+AD4-x+ADw-/r+AD4-'
        )
        for payload in (
            ENTITY_BOMB,
            b"<!-- c -->\n" + outside,
            entity,
            hidden.encode("utf-16"),
            utf_7,
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(parse_xml, payload, "document type")

    def test_bomb_in_another_encoding_takes_no_memory(self):
        bomb = ENTITY_BOMB.decode().replace("?>", ' encoding="UTF-16"?>', 1)
        for entity in (b"", b' a="&a9;"'):  # in attributes they are always resolved
            with self.subTest(entity):
                text = bomb.replace("<rates>", f"<rates{entity.decode()}>")
                self.assertRefused(parse_xml, text.encode("utf-16"), "XML")

    def test_no_pages(self):
        self.assertNoPages(parse_xml)


@tagged("post_install", "-at_install")
class TestJson(PayloadCase):
    def test_numbers_are_as_written(self):
        read = parse_json(b'\xef\xbb\xbf{"USD": 1.10, "JPY": 100, "x": [1e-3, null]}')
        self.assertEqual(str(read["USD"]), "1.10")
        self.assertIsInstance(read["JPY"], Decimal)
        self.assertEqual(read["x"], [Decimal("0.001"), None])
        self.assertEqual(len(str(parse_json(b"1" * 5000))), 5000)

    def test_other_encodings(self):
        payload = '{"币": 1}'.encode("gb18030")
        self.assertEqual(parse_json(payload, encoding="gb18030"), {"币": Decimal(1)})
        self.assertRefused(parse_json, payload, "another encoding")

    def test_pairs_of_escapes(self):
        self.assertEqual(parse_json(rb'"\ud83d\ude00"'), "\N{GRINNING FACE}")

    def test_damaged(self):
        for payload in (
            b"{",
            b'{"USD": 1.1',
            b'{"USD": 1.1} x',
            b"Quota exceeded",
            b"<r/>",
            b"[NaN]",
            b"[-Infinity]",
            b"1e9999999999999999999999",
            b"[" * 100_000,
            b'{"USD": 1, "USD": 2}',
            rb'"\ud83d"',
            rb'"\uDE00"',
            rb'"\u0000"',
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(parse_json, payload, "damaged, cut off or not JSON")

    def test_no_pages(self):
        self.assertNoPages(parse_json)


@tagged("post_install", "-at_install")
class TestCsv(PayloadCase):
    def test_rows(self):
        self.assertEqual(
            parse_csv(b'\xef\xbb\xbfDate,USD\r\n\r\n2026-10-30,"1,1"\r\n'),
            [["Date", "USD"], [], ["2026-10-30", "1,1"]],
        )
        self.assertEqual(
            parse_csv(
                "Země|Kód\nUSA|USD".encode("cp1250"), delimiter="|", encoding="cp1250"
            ),
            [["Země", "Kód"], ["USA", "USD"]],
        )

    def test_damaged(self):
        for payload in (
            b'Date,"USD\n1,2\n',
            b'Date,"USD"x\n',
            b"Date,\0USD\n",
            b"x" * 5000,
            b"x" * 200_000,
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(parse_csv, payload, "damaged, cut off or not CSV")

    def test_wrong_encoding(self):
        self.assertRefused(parse_csv, b"Zem\xec|K\xf3d", "another encoding")
        self.assertRefused(parse_csv, b"a", "another encoding", encoding="nonsense")
        self.assertRefused(decode, b"a", "another encoding", encoding="base64")

    def test_no_pages(self):
        self.assertNoPages(parse_csv)


@tagged("post_install", "-at_install")
class TestZip(PayloadCase):
    def unzip(self, payload, **options):
        return unzip_one(payload, ".csv", MEGABYTE, **options)

    def test_one_file(self):
        self.assertEqual(self.unzip(zipped("RATES.CSV", b"1,2")), b"1,2")
        self.assertEqual(
            self.unzip(zipped("a/rates.csv", b"1,2", zipfile.ZIP_STORED)), b"1,2"
        )

    def test_just_small_enough(self):
        self.assertEqual(
            len(self.unzip(zipped("rates.csv", b"0" * MEGABYTE))), MEGABYTE
        )

    def test_bomb(self):
        bomb = zipped("rates.csv", b"0" * 100 * MEGABYTE)
        tracemalloc.start()
        try:
            self.assertRefused(
                self.unzip, bomb, "more than 1 MB", error=PayloadTooLarge
            )
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak, 8 * MEGABYTE)

    def test_bomb_that_lies(self):
        """The directory says three bytes, and there are more."""
        payload = zipped("rates.csv", b"0" * 2 * MEGABYTE)
        size = struct.pack("<L", 2 * MEGABYTE)
        self.assertEqual(payload.count(size), 2)
        lie = payload.replace(size, struct.pack("<L", 3))
        self.assertRefused(self.unzip, lie, "damaged")

    def test_other_archives(self):
        for payload in (
            zipped("rates.txt", b"1,2"),
            zipped("rates.csv", b"1,2", zipfile.ZIP_BZIP2),
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(self.unzip, payload, "without exactly one .csv file")

    def test_damaged(self):
        good = zipped("rates.csv", b"1,2" * 1000)
        locked = bytearray(zipped("rates.csv", b"1,2"))
        locked[6] |= 1
        locked[locked.index(b"PK\x01\x02") + 8] |= 1
        for payload in (
            good[:-30],
            good[:20] + b"x" * 20 + good[40:],
            b"PK\x03\x04",
            gzip.compress(b"1,2"),
            bytes(locked),
        ):
            with self.subTest(payload[:40]):
                self.assertRefused(self.unzip, payload, "damaged, cut off or not ZIP")

    def test_no_pages(self):
        self.assertNoPages(self.unzip)
