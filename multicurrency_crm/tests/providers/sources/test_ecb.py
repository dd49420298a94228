"""The ECB's files, whole and damaged."""

import datetime
import zipfile
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ....providers import errors, registry
from ....providers.http import Client
from ....providers.sources.ecb import EuropeanCentralBank
from ..adapter_cases import AdapterCases
from ..common import ecb_csv, ecb_xml, fixture, publisher, zipped

DAY = datetime.date(2026, 3, 6)
NAMES = (
    "eurofxref-daily.xml",
    "eurofxref-hist-90d.xml",
    "eurofxref.csv",
    "eurofxref-hist.csv",
)


@tagged("post_install", "-at_install")
class TestEcbParse(BaseCase):
    def setUp(self):
        super().setUp()
        self.ecb = registry.get("ecb")

    def parse(self, payload):
        return {(q.date, q.currency): q for q in self.ecb.parse(payload)}

    def assertRefused(self, payload, error, pattern=""):
        with self.assertRaisesRegex(error, pattern) as caught:
            self.ecb.parse(payload)
        sentence = str(caught.exception)
        self.assertTrue(sentence.endswith("."), sentence)
        self.assertNotIn("%(", sentence)

    def test_every_format_says_the_same(self):
        for name in NAMES:
            with self.subTest(name):
                quote = self.parse(fixture(f"ecb/{name}"))[DAY, "CNY"]
                self.assertEqual(quote.rate, Decimal("7.8154"))
                self.assertEqual((quote.base, quote.kind), ("EUR", "mid"))
                self.assertEqual(quote.source, "ecb")
                self.assertEqual(str(quote), "1 EUR = 7.8154 CNY")

    def test_zip_of_the_day_and_of_the_history(self):
        day = zipped("eurofxref.csv", fixture("ecb/eurofxref.csv"))
        history = zipped("eurofxref-hist.csv", fixture("ecb/eurofxref-hist.csv"))
        self.assertEqual(len(self.parse(day)), 8)
        self.assertEqual(len(self.parse(history)), 6 * 8 - 1 + 1)

    def test_published_digits_are_kept(self):
        quote = self.parse(fixture("ecb/eurofxref-daily.xml"))[DAY, "GBP"]
        self.assertEqual(str(quote.value), "0.83410")

    def test_no_figure_is_no_quote(self):
        """N/A on one day, and a currency that has ended."""
        quotes = self.parse(fixture("ecb/eurofxref-hist.csv"))
        self.assertNotIn((datetime.date(2026, 3, 4), "ISK"), quotes)
        self.assertIn((datetime.date(2026, 3, 3), "ISK"), quotes)
        croatian = [day for day, code in quotes if code == "HRK"]
        self.assertEqual(croatian, [datetime.date(2022, 12, 30)])

    def test_byte_order_mark_and_windows_line_ends(self):
        text = fixture("ecb/eurofxref-hist.csv").replace(b"\n", b"\r\n")
        self.assertEqual(len(self.parse(b"\xef\xbb\xbf" + text)), 48)

    def test_cut_off(self):
        for name in NAMES:
            payload = fixture(f"ecb/{name}")
            with self.subTest(name):
                self.assertRefused(payload[:-20], errors.FormatError, "cut off")
        archive = zipped("eurofxref-hist.csv", fixture("ecb/eurofxref-hist.csv"))
        for end in (10, 100, len(archive) // 2, len(archive) - 5):
            with self.subTest(end=end):
                self.assertRefused(archive[:end], errors.FormatError, "damaged")
        broken = bytearray(archive)
        broken[80:90] = b"0123456789"
        self.assertRefused(bytes(broken), errors.FormatError, "damaged")

    def test_not_the_banks_file(self):
        other_sender = fixture("ecb/eurofxref-daily.xml").replace(b"European", b"Other")
        for payload in (
            b"<html><body>Service unavailable</body></html>",
            b"<!DOCTYPE html><p>Sorry",
            b"<rates><rate code='USD'>1.1</rate></rates>",
            b'{"rates": {"USD": 1.1}}',
            b"\x89PNG\r\n\x1a\n",
            b"Date;USD\n2026-03-06;1.1\n",
            "Date,USD,\n2026-03-06,١.١,\n".encode(),
            other_sender,
        ):
            with self.subTest(payload[:30]):
                self.assertRefused(payload, errors.FormatError, "not a file of the")
        archive = zipped("readme.txt", b"hello")
        self.assertRefused(archive, errors.FormatError, "without exactly one .csv")

    def test_figures_that_cannot_be(self):
        for figure in ("0", "0.000", "-1.08"):
            for build in (ecb_csv, ecb_xml):
                with self.subTest(figure, build=build.__name__):
                    payload = build({"2026-03-06": [figure]}, ["USD"])
                    self.assertRefused(payload, errors.FormatError, "USD.*2026-03-06")
        for figure in ("1,08", "NaN", "inf", "1e5", "-", "0x1"):
            with self.subTest(figure):
                payload = ecb_xml({"2026-03-06": [figure]}, ["USD"])
                self.assertRefused(payload, errors.FormatError, "USD.*2026-03-06")
        self.assertRefused(
            ecb_csv({"2026-13-01": ["1.1"]}, ["USD"]), errors.FormatError, "valid date"
        )
        self.assertRefused(
            ecb_xml({"2026-03-06": ["1.1"]}, ["Dollar"]), errors.FormatError, "Dollar"
        )

    def test_figures_of_another_world(self):
        """Too long, too large or too small: refused, and not repeated in full."""
        for figure in (
            "1" * 300,
            "9" * 200_000,
            "1234567890123456",
            "10000000000",
            f"0.{'0' * 36}1",
            "0.00000000000001",
        ):
            for build in (ecb_csv, ecb_xml):
                with self.subTest(figure[:20], build=build.__name__):
                    payload = build({"2026-03-06": [figure]}, ["USD"])
                    self.assertRefused(payload, errors.FormatError, "USD|damaged")
                    with self.assertRaises(errors.FormatError) as caught:
                        self.ecb.parse(payload)
                    self.assertLess(len(str(caught.exception)), 200)

    def test_dates_of_another_world(self):
        for day in (
            "20260303",
            "2026-W10-2",
            "0001-01-01",
            "1998-12-31",
            "2026-3-3",
            "٢٠٢٦-٠٣-٠٣",
            "",
        ):
            with self.subTest(day):
                payload = ecb_xml({day: ["1.1"]}, ["USD"])
                self.assertRefused(payload, errors.FormatError, "valid date")

    def test_wrong_figures_apart(self):
        """Where somebody collects them, the others are read all the same."""
        refused = []
        payload = ecb_xml({"2026-03-06": ["NaN", "0", "7.8"]}, ["USD", "JPY", "CNY"])
        [quote] = self.ecb.parse(payload, refused=refused)
        self.assertEqual(quote.currency, "CNY")
        self.assertEqual([figure.currency for figure in refused], ["USD", "JPY"])

    def test_zip_methods(self):
        """Stored and deflated are read; the others' own errors never get out."""
        content = fixture("ecb/eurofxref-hist.csv")
        stored = zipped("eurofxref-hist.csv", content, zipfile.ZIP_STORED)
        self.assertEqual(len(self.parse(stored)), 48)
        for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
            archive = bytearray(zipped("eurofxref-hist.csv", content, method))
            archive[80:90] = b"0123456789"
            self.assertRefused(
                bytes(archive), errors.FormatError, "without exactly one"
            )

    def test_nothing_in_it(self):
        self.assertRefused(b"", errors.NoQuotes, "not a file of the")
        self.assertRefused(ecb_csv({}, ["USD"]), errors.NoQuotes)
        self.assertRefused(ecb_xml({"2026-03-06": []}, []), errors.NoQuotes)
        self.assertRefused(ecb_csv({"2026-03-06": [None]}, ["USD"]), errors.NoQuotes)

    def test_entities_are_not_read(self):
        """Neither a bomb nor a file of the server ends up in memory."""
        plain = fixture("ecb/eurofxref-daily.xml")
        declaration, rest = plain.split(b"\n", 1)
        for entities in (
            b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;">',
            b'<!ENTITY c SYSTEM "file:///etc/hostname">',
        ):
            doctype = b"<!DOCTYPE gesmes:Envelope [" + entities + b"]>"
            payload = declaration + doctype + rest.replace(b"Reference rates", b"&c;")
            self.assertRefused(payload, errors.FormatError, "not a file of the")

    def test_zip_bomb(self):
        class Small(EuropeanCentralBank):
            max_bytes = 1024 * 1024

        bomb = zipped("eurofxref-hist.csv", b"Date,USD,\n" + b" " * 5 * 1024 * 1024)
        self.assertLess(len(bomb), 10_000)
        with self.assertRaisesRegex(errors.PayloadTooLarge, "more than 1 MB"):
            Small().parse(bomb)


@tagged("post_install", "-at_install")
class TestEcbFile(BaseCase):
    def test_the_smallest_file_that_covers_the_days(self):
        friday, monday = datetime.date(2026, 3, 6), datetime.date(2026, 3, 9)
        back = datetime.timedelta
        for date_from, today, expected in (
            (friday, friday, "eurofxref-daily.xml"),
            (friday + back(1), monday, "eurofxref-daily.xml"),
            (friday + back(1), friday + back(1), "eurofxref-daily.xml"),
            (friday, monday, "eurofxref-hist-90d.xml"),
            (monday - back(1), monday + back(1), "eurofxref-hist-90d.xml"),
            (monday - back(89), monday, "eurofxref-hist-90d.xml"),
            (monday - back(90), monday, "eurofxref-hist.zip"),
            (datetime.date(1999, 1, 4), monday, "eurofxref-hist.zip"),
        ):
            with self.subTest(date_from=date_from, today=today):
                name = EuropeanCentralBank.file_for(date_from, today)
                self.assertEqual(name, expected)


@tagged("post_install", "-at_install")
class TestEcbSdmx(AdapterCases, BaseCase):
    """The SDMX service's CSV, of which no live answer was seen."""

    code = "ecb"
    fixtures = ("ecb/sdmx_2026-03-05_06.csv", "ecb/sdmx_dataonly.csv")

    def test_what_the_files_say(self):
        files = self.by_key(fixture("ecb/eurofxref-hist.csv"))
        for name in self.fixtures:
            with self.subTest(name):
                quotes = self.by_key(fixture(name))
                self.assertEqual(len(quotes), 5)
                for key, quote in quotes.items():
                    self.assertEqual(quote, files[key])

    def test_other_series(self):
        """Monthly, effective or other rates are refused, not booked as daily ones."""
        payload = fixture(self.fixtures[0])
        for ours, other in (
            (b",D,USD,", b",M,USD,"),
            (b",SP00,", b",EN00,"),
            (b",A,2026", b",E,2026"),
            (b",EUR,SP00", b",USD,SP00"),
            (b"EXR.D.", b"EXR.M."),
        ):
            with self.subTest(other):
                self.assertRefused(payload.replace(ours, other), errors.FormatError)

    def _columns(self, *names):
        """The service's answer with some of its columns."""
        rows = fixture("ecb/sdmx_dataonly.csv").decode().splitlines()
        header, *rows = [row.split(",") for row in rows]
        at = [header.index(name) for name in names]
        lines = [[row[n] for n in at] for row in (header, *rows)]
        return "".join(f"{','.join(line)}\n" for line in lines).encode()

    def test_fewer_columns_that_say_enough(self):
        """The series key says it all; and what the request says, no column has to."""
        whole = self.by_key(fixture("ecb/sdmx_dataonly.csv"))
        key = self._columns("KEY", "TIME_PERIOD", "OBS_VALUE")
        self.assertEqual(self.by_key(key), whole)
        self.assertEqual(
            self.by_key(self._columns("TIME_PERIOD", "OBS_VALUE", "KEY")), whole
        )
        currency = self._columns("CURRENCY", "TIME_PERIOD", "OBS_VALUE")
        self.assertEqual(self.by_key(currency, series="D..EUR.SP00.A"), whole)
        self.assertRefused(
            currency, errors.FormatError, "not a file", series="M..EUR.SP00.A"
        )

    def test_fewer_columns_that_leave_it_open(self):
        columns = self._columns("FREQ", "CURRENCY", "TIME_PERIOD", "OBS_VALUE")
        pattern = "says “CURRENCY_DENOM”"
        self.assertRefused(columns, errors.FormatError, pattern)
        nameless = self._columns("TIME_PERIOD", "OBS_VALUE")
        pattern = "says “CURRENCY” of"
        self.assertRefused(
            nameless, errors.FormatError, pattern, series="D..EUR.SP00.A"
        )

    def test_last_line_without_end(self):
        payload = fixture("ecb/sdmx_dataonly.csv")
        self.assertRefused(payload.rstrip(), errors.FormatError, "cut off")
        payload = fixture("ecb/sdmx_2026-03-05_06.csv")
        self.assertEqual(self.parse(payload.rstrip()), self.parse(payload))


@tagged("post_install", "-at_install")
class TestEcbRequests(BaseCase):
    def fetch(self, path, answer, date_from=datetime.date(2025, 9, 1), to=DAY):
        with publisher() as self.publisher:
            self.publisher.answers[path] = answer
            with Client((), ["127.0.0.1"], pause=0) as client:
                address = self.publisher.address + self.base
                return registry.get("ecb").fetch(client, address, date_from, to, to)

    def test_sdmx_where_the_address_says_so(self):
        answer = fixture("ecb/sdmx_2026-03-05_06.csv")
        for base in ("service/data/EXR", "service/data/EXR/D..EUR.SP00.A/"):
            with self.subTest(base):
                self.base = base
                path = "/service/data/EXR/D..EUR.SP00.A"
                self.assertEqual(len(self.fetch(path, answer)), 5)
                [asked] = self.publisher.asked
                span = "startPeriod=2025-09-01&endPeriod=2026-03-06"
                self.assertEqual(asked, f"{path}?format=csvdata&{span}")
                self.assertEqual(self.fetch(path, b""), [])
                few = b"CURRENCY,TIME_PERIOD,OBS_VALUE\nUSD,2026-03-06,1.0840\n"
                [quote] = self.fetch(path, few)
                self.assertEqual(str(quote), "1 EUR = 1.0840 USD")

    def test_a_file_is_never_empty(self):
        self.base = ""
        with self.assertRaisesRegex(errors.FormatError, "not a file of the"):
            self.fetch("/eurofxref-hist.zip", b"")

    def test_sdmx_for_a_gap_at_the_banks_own_address(self):
        """Asked for 91 days to two years; where it refuses, the history is taken."""
        asked = []

        class Recorder:
            def get(self, address, params=None, headers=None):
                asked.append(address)
                if "data-api" in address and refuses:
                    raise errors.RequestRefused("No.")
                return b"answer"

        ecb = registry.get("ecb")
        for days, refuses, expected in (
            (89, False, ["eurofxref-hist-90d.xml"]),
            (90, False, ["D..EUR.SP00.A"]),
            (730, False, ["D..EUR.SP00.A"]),
            (730, True, ["D..EUR.SP00.A", "eurofxref-hist.zip"]),
            (731, False, ["eurofxref-hist.zip"]),
        ):
            with self.subTest(days, refuses=refuses):
                asked.clear()
                since = DAY - datetime.timedelta(days)
                ecb.request(Recorder(), ecb.address, since, DAY, DAY)
                self.assertEqual([one.rsplit("/", 1)[1] for one in asked], expected)


@tagged("post_install", "-at_install")
class TestEcbStands(AdapterCases, BaseCase):
    code = "ecb"
    fixtures = tuple(f"ecb/{name}" for name in NAMES)
