"""Sheets as banks and clerks have them: a column a currency, names in Chinese."""

import datetime

from odoo.tests import BaseCase, tagged

from ....providers import errors, sheets
from ....providers.currency_codes import CURRENT
from ..adapter_cases import AdapterCases
from ..common import fixture
from .test_manual_file import GOOD, NAMES, sheet, workbook

THURSDAY = datetime.date(2026, 3, 5)
FRIDAY = datetime.date(2026, 3, 6)
#: what whoever loads a sheet says, where it leaves that open
IN_YUAN = {"base": "CNY", "direction": "base_per_foreign"}
SEVEN = ("wide.csv", "wide.xlsx", "wide.xls")


@tagged("post_install", "-at_install")
class TestColumnsOfCurrencies(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/wide.csv",)
    hints = IN_YUAN
    sees_cuts = False

    def test_every_file_says_the_same(self):
        """A title above, the corner left empty, and a remark that nobody reads."""
        for name in SEVEN:
            with self.subTest(name):
                unread = []
                quotes = self.by_key(fixture(f"sheets/{name}"), unread=unread)
                self.assertEqual(len(quotes), 8)
                self.assertEqual(
                    str(quotes[FRIDAY, "USD", "mid"]), "1 USD = 7.0123 CNY"
                )
                yen = quotes[FRIDAY, "JPY", "mid"]
                self.assertEqual(str(yen), "100 JPY = 4.5012 CNY")
                self.assertNotIn((datetime.date(2026, 3, 9), "EUR", "mid"), quotes)
                self.assertIn(unread, (["Remark"], ["备注"]))

    def test_a_column_for_every_currency(self):
        """None is dropped, however wide the sheet is, in any kind of file."""
        codes = sorted(CURRENT - {"CNY"})
        names, rates = ["Date", *codes], ["2026-03-06", *range(1, len(codes) + 1)]
        self.assertGreater(len(codes), 150)
        for payload in (
            sheet(",".join(map(str, rates)), names=",".join(names)),
            sheet(";".join(map(str, rates)), names=";".join(names), codec="utf-16"),
            workbook(rates, names=",".join(names)),
        ):
            quotes = self.by_key(payload)
            self.assertEqual({key[1] for key in quotes}, set(codes))
            last = quotes[FRIDAY, codes[-1], "mid"]
            self.assertEqual(str(last.value), str(len(codes)))

    def test_the_direction_is_asked_for(self):
        for hints in ({}, {"direction": None}):
            with self.assertRaises(errors.DirectionOpen) as caught:
                self.adapter.parse(fixture("sheets/wide.csv"), base="CNY", **hints)
            error = caught.exception
            self.assertSentence(error)
            self.assertEqual(
                (error.nominal, error.currency, error.figure, error.base),
                (1, "USD", "7.0101", "CNY"),
            )

    def test_the_other_direction(self):
        quotes = self.by_key(
            b"date,USD,KRW\n2026-03-06,1.084,1711.9\n",
            base="EUR",
            direction="foreign_per_base",
        )
        self.assertEqual(str(quotes[FRIDAY, "KRW", "mid"]), "1 EUR = 1711.9 KRW")

    def test_units_of_all(self):
        """As on boards of banks: for 100, and whoever loads it says so."""
        payload = b"date,USD,JPY (1)\n2026-03-06,701.23,0.045\n"
        quotes = self.by_key(payload, nominal=100)
        self.assertEqual(str(quotes[FRIDAY, "USD", "mid"]), "100 USD = 701.23 CNY")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "1 JPY = 0.045 CNY")

    def test_what_stands_below_the_names(self):
        payload = (
            "日期,美元,日元,韩元\n单位,1,100,1\n方向,直接,直接,间接\n"
            "2026-03-06,7.0123,4.5012,205.34\n"
        ).encode()
        quotes = self.by_key(payload, direction=None)
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 4.5012 CNY")
        self.assertEqual(str(quotes[FRIDAY, "KRW", "mid"]), "1 CNY = 205.34 KRW")

    def test_kinds_of_a_board(self):
        """货币名称, and a column for each price: one row a currency."""
        payload = (
            "货币名称,现汇买入价,现钞买入价,现汇卖出价,中行折算价,发布日期,发布时间\n"
            "美元,699.1,693.4,702.3,701.23,2026/3/6,10:30:00\n"
            "日元,4.48,,4.53,4.5012,2026/3/6,10:30:00\n"
        ).encode("gb18030")
        unread = []
        quotes = self.by_key(payload, nominal=100, unread=unread)
        self.assertEqual(len(quotes), 7)
        self.assertEqual(str(quotes[FRIDAY, "USD", "buy"]), "100 USD = 699.1 CNY")
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 4.5012 CNY")
        self.assertEqual(unread, ["发布时间"])
        names = "date,USD buy,USD sell,美元中间价"
        quotes = self.by_key(sheet("2026-03-06,6.99,7.02,7.01", names=names))
        self.assertEqual({key[2] for key in quotes}, {"buy", "sell", "mid"})

    def test_the_base_among_the_columns(self):
        payload = b"date,USD,CNY\n2026-03-06,7.0123,1\n2026-03-05,7.01,\n"
        self.assertEqual(len(self.parse(payload)), 2)
        wrong = payload.replace(b",1\n", b",1.1\n")
        pattern = "Row 2, column “CNY”: 1.1 can't be .*add a column “base”"
        for hints in ({}, {"direction": None}):
            self.assertRefused(wrong, errors.FormatError, pattern, **hints)
        against = b"date,base,USD,CNY\n2026-03-06,EUR,1.084,7.8154\n"
        quotes = self.by_key(against, direction="foreign_per_base")
        self.assertEqual(str(quotes[FRIDAY, "CNY", "mid"]), "1 EUR = 7.8154 CNY")

    def test_wrong_cells(self):
        for cells, title in (
            ("2026-03-06,seven,7.6", "USD"),
            ("2026-03-06,7.0,0", "EUR"),
            ("2026-03-06,7.0,-7.6", "EUR"),
            ("total,7.0,7.6", "date"),
            (",7.0,7.6", "date"),
        ):
            with self.subTest(cells):
                payload = sheet("2026-03-05,7,7.6", cells, names="date,USD,EUR")
                pattern = f"Row 3, column “{title}”"
                self.assertRefused(payload, errors.FormatError, pattern)

    def test_a_remark_below_the_days(self):
        payload = sheet("2026-03-05,7,7.6", "Source: the bank,,", names="date,USD,EUR")
        self.assertEqual(len(self.parse(payload)), 2)

    def test_two_columns_for_one(self):
        for names in ("date,USD,美元", "date,USD/CNY,CNY/USD"):
            payload = sheet("2026-03-05,7,7.1", names=names)
            self.assertRefused(payload, errors.FormatError, "two columns for one thing")

    def test_the_moment_of_a_board_says_the_day(self):
        for name in ("发布时间", "发布日期", "时间", "Pub Time"):
            payload = sheet(
                "美元,700.12,701.34,2026/03/06 10:30:00",
                "欧元,760.12,761.34,2026/03/06 10:30:00",
                names=f"货币名称,现汇买入价,现汇卖出价,{name}",
            )
            with self.subTest(name):
                quotes = self.by_key(payload, **IN_YUAN, nominal=100)
                self.assertEqual(
                    str(quotes[FRIDAY, "USD", "buy"]), "100 USD = 700.12 CNY"
                )
        # a time beside a day says nothing more
        unread = []
        payload = sheet("2026-03-06,10:30,7.01", names="日期,时间,USD/CNY")
        self.assertEqual(len(self.parse(payload, unread=unread)), 1)
        self.assertEqual(unread, ["时间"])

    def test_what_misses_is_named(self):
        payload = sheet("美元,700.12,x", names="货币名称,现汇买入价,备注")
        self.assertRefused(payload, errors.FormatError, "“date” .日期", **IN_YUAN)
        payload = sheet("2026-03-06,USD,x", names="date,currency,remark")
        self.assertRefused(payload, errors.FormatError, "“rate” .汇率", **IN_YUAN)

    def test_no_day_and_no_currency(self):
        payload = sheet("x,7,7.1", names="who,USD,EUR")
        self.assertRefused(payload, errors.FormatError, "“date” .日期.")
        payload = sheet("2026-03-05,7", names="date,dollar")
        self.assertRefused(payload, errors.FormatError, "“currency” .币种.")

    def test_too_many_rates(self):
        self.patch(sheets, "MAX_ROWS", 3)
        payload = sheet("2026-03-05,7,7.6", "2026-03-06,7,7.6", names="date,USD,EUR")
        self.assertRefused(payload, errors.PayloadTooLarge, "more than 3 rates")


@tagged("post_install", "-at_install")
class TestColumnsOfPairs(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/pairs.csv",)
    sees_cuts = False

    def test_a_pair_says_the_direction(self):
        quotes = self.by_key(fixture("sheets/pairs.csv"))
        self.assertEqual(len(quotes), 10)
        self.assertEqual({quote.base for quote in quotes.values()}, {"CNY"})
        self.assertEqual(str(quotes[FRIDAY, "JPY", "mid"]), "100 JPY = 4.5012 CNY")
        self.assertEqual(str(quotes[FRIDAY, "KRW", "mid"]), "1 CNY = 205.34 KRW")
        # whoever loads it into books in euros
        again = self.by_key(fixture("sheets/pairs.csv"), base="EUR")
        self.assertEqual(again, quotes)

    def test_against_a_direction_that_is_stated(self):
        payload = sheet("2026-03-05,7.01,间接", names="date,USD/CNY,direction")
        self.assertRefused(payload, errors.FormatError, "column “direction”")

    def test_examples_to_fill_in(self):
        for code, languages in (("manual_file", "en zh"), ("budget", "en zh")):
            self.code = code
            self.setUp()
            for layout in ("rows", "columns"):
                english, chinese = (
                    self.by_key(self.adapter.template_csv(layout, language))
                    for language in languages.split()
                )
                with self.subTest(code, layout=layout):
                    self.assertGreater(len(english), 1)
                    self.assertEqual(english, chinese)


@tagged("post_install", "-at_install")
class TestColumnsInWorkbooks(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/wide.xlsx", "sheets/wide.xls")
    hints = IN_YUAN
    codec = None


@tagged("post_install", "-at_install")
class TestPagesCalledXls(AdapterCases, BaseCase):
    """What many banks' sites save as XLS is a page with a table."""

    code = "manual_file"
    fixtures = ("sheets/page.xls",)
    hints = IN_YUAN
    sees_cuts = False

    def test_it_says_the_same(self):
        whole = self.by_key(fixture("sheets/wide.xlsx"))
        self.assertEqual(self.by_key(fixture("sheets/page.xls")), whole)

    def test_cells_across_rows(self):
        """Below them all cells would stand under another name."""
        payload = fixture("sheets/page.xls")
        spoiled = payload.replace(b"<td>2026-03-05", b"<td rowspan='2'>2026-03-05")
        self.assertNotEqual(spoiled, payload)
        self.assertRefused(spoiled, errors.FormatError)

    def test_a_page_without_a_table(self):
        page = b"<html><body><p>Log in again.</p></body></html>"
        self.assertRefused(page, errors.FormatError, "This is a web page")


@tagged("post_install", "-at_install")
class TestWordsOfPeople(AdapterCases, BaseCase):
    code = "manual_file"
    fixtures = ("sheets/rates.csv",)
    sees_cuts = False

    def test_currencies_by_name(self):
        names = "日期,币种名称,本位币,汇率,方向"
        for currency, base, code in (
            ("美元", "人民币", "USD"),
            ("美金", "RMB", "USD"),
            ("US Dollar", "Chinese Yuan", "USD"),
            ("日圓", "人民幣", "JPY"),
            ("Schweizer Franken", "CNY", "CHF"),
        ):
            with self.subTest(currency):
                row = f"2026-03-06,{currency},{base},7.1,直接"
                [quote] = self.parse(sheet(row, names=names))
                self.assertEqual((quote.currency, quote.base), (code, "CNY"))

    def test_units_and_pairs_in_the_cell(self):
        names = "date,currency,rate"
        [quote] = self.parse(
            sheet("2026-03-06,100日元/人民币,4.5", names=names), base="CNY"
        )
        self.assertEqual(str(quote), "100 JPY = 4.5 CNY")
        payload = sheet("2026-03-06,日元(100),4.5", names=names)
        [quote] = self.parse(payload, **IN_YUAN)
        self.assertEqual(str(quote), "100 JPY = 4.5 CNY")
        payload = sheet("2026-03-06,日元(100),4.5,1000", names=f"{names},unit")
        self.assertRefused(payload, errors.FormatError, "column “unit”", **IN_YUAN)

    def test_words_for_directions(self):
        for word, way in (
            ("直接", "base_per_foreign"),
            ("直接标价法", "base_per_foreign"),
            ("間接標價", "foreign_per_base"),
            ("Indirect", "foreign_per_base"),
        ):
            with self.subTest(word):
                [quote] = self.parse(sheet(GOOD.replace("base per foreign", word)))
                self.assertEqual(quote.direction, way)

    def test_days(self):
        for text in ("6.3.2026", "06.03.2026", "6 Mar 2026", "06-Mar-2026", "20260306"):
            with self.subTest(text):
                [quote] = self.parse(sheet(GOOD.replace("2026-03-06", text)))
                self.assertEqual(quote.date, FRIDAY)
        [quote] = self.parse(workbook((20260306, "USD", "CNY", 7.1, "direct")))
        self.assertEqual(quote.date, FRIDAY)

    def test_days_that_another_one_settles(self):
        rows = [GOOD.replace("2026-03-06", day) for day in ("06/03/2026", "13/03/2026")]
        days = {quote.date for quote in self.parse(sheet(*rows))}
        self.assertEqual(days, {FRIDAY, datetime.date(2026, 3, 13)})
        american = [row.replace("13/03", "03/13") for row in rows]
        days = {quote.date for quote in self.parse(sheet(*american))}
        self.assertEqual(days, {datetime.date(2026, 6, 3), datetime.date(2026, 3, 13)})
        self.assertRefused(
            sheet(rows[0]),
            errors.FormatError,
            "Row 2.*begins with the day in some countries.*2026-06-03 or 2026-03-06",
        )
        [quote] = self.parse(sheet(rows[0].replace("06/03", "03/03")))
        self.assertEqual(quote.date, datetime.date(2026, 3, 3))
        both = sheet(rows[1], american[1])
        self.assertRefused(both, errors.FormatError, "Row 3, column “date”")

    def test_who_says_the_direction_is_named(self):
        names = NAMES.replace(",direction", "")
        payload = sheet("2026-03-06,USD,CNY,7.0123", names=names)
        self.assertRefused(payload, errors.DirectionOpen, "7.0123 of USD")
        [quote] = self.parse(payload, direction="base_per_foreign")
        self.assertEqual(str(quote), "1 USD = 7.0123 CNY")
