"""Numbers in every style that people write them in: read as written, or asked."""

import datetime
import re
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....providers.spreadsheets import (
    NumberEvidence,
    Trouble,
    Unreadable,
    Unsettled,
    currency_mark,
    number_of,
)
from .files_common import csv_of, said, table_of, xlsx

#: (decimal sign, sign between thousands or none, how minus is written, mark)
STYLES = st.tuples(
    st.sampled_from([".", ","]),
    st.sampled_from(["", "other", "'", " ", "\u00a0", "\u202f"]),
    st.sampled_from(["-{}", "({})", "{}-", "−{}", "－{}"]),
    st.sampled_from(["{}", "${}", "{} €", "USD {}", "￥{}", "{}元", "HK$ {}"]),
)
AMOUNTS = st.decimals(-(10**9), 10**9, places=2) | st.decimals(
    -(10**6), 10**6, places=3
)


def written(value, style, decimals=None):
    """A number in a style; the reference that readings are held against."""
    point, group, minus, mark = style
    group = {".": ",", ",": "."}[point] if group == "other" else group
    decimals = -value.as_tuple().exponent if decimals is None else decimals
    whole, _sign, part = f"{abs(value):.{decimals}f}".partition(".")
    whole = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", group, whole)
    text = mark.format(f"{whole}{point}{part}" if part else whole)
    return minus.format(text) if value < 0 else text


def read_column(texts):
    """What number_of makes of a column."""
    evidence = NumberEvidence()
    for row, text in enumerate(texts, start=2):
        evidence.note(row, text)
    return evidence, [number_of(evidence, text) for text in texts]


def fits(text, point):
    """Whether somebody with that decimal sign writes a text, sign and mark apart."""
    body = re.sub(r"[^0-9.,' \u00a0\u202f]", "", text).strip()
    whole, _sign, part = body.partition(point)
    digits = re.sub("[^0-9]", "", whole)
    if not digits and not part or part and not part.isdigit():
        return False
    value = Decimal(f"{digits or 0}.{part or 0}")
    forms = (
        written(value, (point, group, "-{}", "{}"), len(part))
        for group in ("", "other", "'", " ", "\u00a0", "\u202f")
    )
    return body in forms


@tagged("post_install", "-at_install")
class TestNumbers(BaseCase):
    def test_styles(self):
        for text, value in (
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("1’234.50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("12,34,567.80", "1234567.80"),
            ("(1,234.00)", "-1234"),
            ("1,234.00-", "-1234"),
            ("$-142.85", "-142.85"),
            ("-$142.85", "-142.85"),
            ("$(142.85)", "-142.85"),
            ("($142.85)", "-142.85"),
            ("１，２３４．５０", "1234.50"),
            ("٣٫٥".replace("٫", "."), "3.5"),
            ("783.699059561128527", "783.699059561128527"),
            ("16%", "0.16"),
            ("+31070,11", "31070.11"),
            ("0,125", "0.125"),
            ("1,234,567", "1234567"),
            ("86206.91元", "86206.91"),
            ("人民币 3.50", "3.50"),
            ("1,200.00 Cr", "-1200"),
            ("1,200.00 Dr", "1200"),
            ("△1,200.00", "-1200"),
            ("1.5E+10", "15000000000"),
            ("'1234", "1234"),
            ("-0.00", "0"),
        ):
            with self.subTest(text):
                _evidence, [read] = read_column([text])
                self.assertEqual(read, Decimal(value))
                self.assertFalse(read.is_signed() and not read)

    def test_no_numbers(self):
        for text in (
            *("INV 123", "12E5", "1.2.3", "1,23,4.5", "12.", "3/4", "2024-03-05"),
            *("--5", "5%%", "(-5)", "-5-", "1 23", "abc", "1'23", "0x1F", "1_000"),
            *(
                "12:30",
                "1,,234",
                "1.5万",
                "5 apples",
                "90+",
                "+",
                "$",
                "1e999",
                "9" * 61,
            ),
        ):
            with self.subTest(text):
                evidence, [read] = read_column([text])
                self.assertIsInstance(read, Unreadable)
                self.assertEqual(evidence.wrong, 1)
                self.assertIn(text[:40], str(read.remark))

    def test_nothing(self):
        for cell in (None, "", " ", "-", "--", "—", "N/A", "／"):
            self.assertIsNone(number_of(NumberEvidence(), cell))

    def test_what_workbooks_store(self):
        evidence = NumberEvidence()
        self.assertEqual(number_of(evidence, 0.1 + 0.2), Decimal("0.30000000000000004"))
        self.assertEqual(number_of(evidence, 10**17 + 1), 10**17 + 1)
        for cell in (True, float("nan"), float("inf"), datetime.date(2024, 3, 5)):
            self.assertIsInstance(number_of(evidence, cell), Unreadable)
        for reason, pattern in (
            ("error", "#REF! is"),
            ("formula", "no result"),
            ("serial", "number #REF!"),
        ):
            read = number_of(evidence, Trouble(reason, "#REF!"))
            self.assertRegex(str(read.remark).replace("“#REF!”", "#REF!"), pattern)

    def test_a_column_without_a_proof_is_asked(self):
        """Odoo's own import reads 1.234, 2500 and 900 here."""
        texts = ["1,234", "2,500", "900"]
        evidence, [first, second, third] = read_column(texts)
        self.assertTrue(evidence.is_open)
        self.assertEqual(
            first, Unsettled("1,234", (Decimal(1234), Decimal("1.234")), (".", ","))
        )
        self.assertIsInstance(second, Unsettled)
        self.assertEqual(third, 900)
        self.assertEqual(number_of(evidence, "1,234", point="."), 1234)
        self.assertEqual(number_of(evidence, "1,234", point=","), Decimal("1.234"))
        self.assertIsInstance(number_of(evidence, "1,234.5", point=","), Unreadable)

    def test_one_cell_settles_the_column_wherever_it_stands(self):
        texts = ["1.234", "2.500", "12,5"]
        for order in (texts, texts[::-1]):
            evidence, reads = read_column(order)
            self.assertEqual((evidence.point, evidence.is_open), (",", False))
            self.assertEqual(sorted(reads), [Decimal("12.5"), 1234, 2500])

    def test_a_column_that_contradicts_itself(self):
        evidence, reads = read_column(["1,234.50", "1.234,50", "1,234"])
        self.assertEqual((evidence.proof, evidence.against), (2, 3))
        self.assertEqual(reads[:2], [Decimal("1234.50")] * 2)
        self.assertIsInstance(reads[2], Unsettled)
        table = table_of(csv_of("Name;Amount", "A;1,234.50", "B;1.234,50", "C;1,234"))
        remark = said(table.remarks)["two_decimal_signs"]
        self.assertEqual((remark.level, remark.readings), ("ask", (".", ",")))
        self.assertIn("row 2", str(remark))
        self.assertIn("row 3", str(remark))

    def test_marks(self):
        for text, mark in (
            ("$5", "$"),
            ("US$ 5", "US$"),
            ("5 EUR", "EUR"),
            ("RM12.50", "RM"),
            ("美元5", "美元"),
            ("5", ""),
            ("ABC 5", ""),
            (5, ""),
        ):
            self.assertEqual(currency_mark(text), mark)

    @given(st.lists(AMOUNTS, min_size=1, max_size=12), STYLES)
    @example([Decimal("1.234")], (",", "", "-{}", "{}"))
    def test_what_is_written_is_read_or_asked(self, values, style):
        texts = [written(value, style) for value in values]
        evidence, reads = read_column(texts)
        self.assertEqual(evidence.wrong, 0, texts)
        proven = any(fits(text, ".") != fits(text, ",") for text in texts)
        for value, text, read in zip(values, texts, reads, strict=True):
            if isinstance(read, Unsettled):
                self.assertIn(value, read.readings)
                self.assertFalse(proven, texts)
                self.assertTrue(fits(text, ".") and fits(text, ","))
            else:
                self.assertEqual(read, value, texts)

    @given(
        st.lists(AMOUNTS, min_size=1, max_size=6),
        st.lists(AMOUNTS, min_size=1, max_size=6),
    )
    def test_of_two_styles_in_a_column_none_is_guessed(self, ones, others):
        points = [written(value, (".", "other", "-{}", "{}")) for value in ones]
        commas = [written(value, (",", "other", "-{}", "{}")) for value in others]
        evidence, reads = read_column(points + commas)
        for value, read in zip(ones + others, reads, strict=True):
            if isinstance(read, Unsettled):
                self.assertIn(value, read.readings)
            elif evidence.against:
                self.assertEqual(read, value)
            else:
                # only one of the styles shows: all cells are of that
                self.assertIn(read, {value, value * 1000, value / 1000})

    @given(st.text(max_size=80))
    def test_any_text(self, text):
        read = number_of(NumberEvidence(), text)
        self.assertIsInstance(read, Decimal | Unsettled | Unreadable | None)


@tagged("post_install", "-at_install")
class TestNumberRemarks(BaseCase):
    def test_an_open_column_is_asked_with_both_readings(self):
        table = table_of(csv_of("Name;Amount", "A;1.234", "B;900"))
        [name, amount] = table.columns
        self.assertEqual((name.kind, amount.kind), ("text", "open"))
        remark = said(table.remarks)["decimal_sign"]
        self.assertEqual(
            (remark.level, remark.row, remark.column, remark.proposed),
            ("ask", 2, 1, None),
        )
        self.assertIn("1.234 or 1234", str(remark))

    def test_other_columns_propose_and_settle_nothing(self):
        table = table_of(csv_of("Name;Amount;Open", "A;1.234;12,50", "B;900;7,00"))
        remark = said(table.remarks)["decimal_sign"]
        self.assertEqual(remark.proposed, ",")
        self.assertEqual(table.columns[1].kind, "open")

    def test_notes(self):
        table = table_of(
            xlsx(
                ["Name", "Open (万元)", "Rate", "Balance"],
                ["A", "1,200.50", "16%", "5.00 Cr"],
                ["B", 900, 0.5, "$7.25"],
            )
        )
        remarks = said(table.remarks)
        self.assertEqual(remarks["scaled"].level, "ask")
        self.assertIn("stored as text (1)", str(remarks["numbers_as_text"]))
        self.assertIn(
            "some of its numbers (1) are written with %,", str(remarks["some_percents"])
        )
        self.assertIn("carry $", str(remarks["currency_marks"]))
        self.assertIn("amounts marked Cr (1)", str(remarks["credits"]))
