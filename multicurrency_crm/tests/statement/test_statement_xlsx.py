"""The workbook of statements: its formulas are computed here, by a few lines of Python
that know SUMIFS, and must say what the statement says."""

import io
import re
from unittest.mock import patch

import openpyxl
from openpyxl.utils import range_boundaries

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ...models.statement import customer_statement_workbook
from .statement_common import StatementCommon

ADDRESS = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]{1,2})\$?(\d+)")


class Sheet:
    """Computes the formulas of a workbook, by need."""

    def __init__(self, content):
        self.book = openpyxl.load_workbook(io.BytesIO(content))

    def value(self, sheet, cell):
        found = self.book[sheet][cell].value
        if isinstance(found, str) and found.startswith("="):
            return self.compute(sheet, found[1:])
        return found

    def cells(self, sheet, area):
        left, top, right, bottom = range_boundaries(area.replace("$", ""))
        letters = openpyxl.utils.get_column_letter
        return [
            self.value(sheet, f"{letters(column)}{row}")
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]

    def compute(self, sheet, formula):
        def sumifs(match):
            values, *tests = match[1].split(",")
            kept = [True] * len(self.cells(sheet, values))
            for area, test in zip(tests[::2], tests[1::2], strict=True):
                meets = self.condition(sheet, test)
                for at, value in enumerate(self.cells(sheet, area)):
                    kept[at] &= meets(value)
            total = sum(
                value or 0
                for value, keep in zip(self.cells(sheet, values), kept, strict=True)
                if keep
            )
            return repr(float(total))

        text = re.sub(r"SUMIFS\(([^()]*)\)", sumifs, formula)

        def cell(match):
            value = self.value(match[1] or sheet, match[2] + match[3])
            if hasattr(value, "toordinal"):
                value = value.toordinal()
            return repr(value or 0)

        text = ADDRESS.sub(cell, text).replace("ROUND", "round").replace("--", "+")
        return safe_eval(text, {"round": round})

    def condition(self, sheet, test):
        """A test of SUMIFS: "<="&A1, "text", 1 or a cell."""
        operator, _amp, cell = test.partition("&")
        operator = operator.strip('"')
        if cell:
            bound = self.value(sheet, cell.replace("$", ""))
        elif found := re.fullmatch(r"(<=|>=|<|>)(-?\d+)", operator):
            operator, bound = found[1], float(found[2])
        elif ADDRESS.fullmatch(operator):
            operator, bound = "", self.value(sheet, operator.replace("$", ""))
        else:
            bound = float(operator) if operator.isdigit() else operator
            operator = ""
        return {
            "": lambda value: value == bound,
            "<=": lambda value: value is not None and value <= bound,
            ">": lambda value: value is not None and value > bound,
        }[operator]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementWorkbook(StatementCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell()
        cls.trickster = cls._customer('=HYPERLINK("http://x";"y")', ref="+1")
        cls._invoice(
            90.0, cls.jpy, "2026-01-15", partner_id=cls.trickster.id, ref="@SUM(A1)"
        )
        cls._sell(cls.trickster)
        cls.statements = cls._state(cls.buyer | cls.trickster)
        cls.content = cls.statements._make_workbook()

    def _read(self, sheet, head, row):
        """A figure of a sheet, by the head of its column, computed."""
        heads = [cell.value for cell in sheet.book[self.name][1]]
        letter = openpyxl.utils.get_column_letter(heads.index(head) + 1)
        return sheet.value(self.name, f"{letter}{row}")

    def test_more_than_a_workbook_holds_are_refused(self):
        """They were left out without a word."""
        with patch.object(customer_statement_workbook, "MOST", 1):
            self.statements[0].action_open_workbook()
            with self.assertRaises(UserError):
                self.statements.action_open_workbook()

    def test_formulas_say_what_the_statements_say(self):
        sheet = Sheet(self.content)
        self.assertEqual(sheet.book.sheetnames, ["Summary", "GBP", "JPY", "USD"])
        figures = {
            "Opening": "opening",
            "Invoiced": "invoiced",
            "Credited": "credited",
            "Paid": "paid",
            "Refunded": "refunded",
            "Other": "other",
            "Settled Elsewhere": "settled_elsewhere",
            "Closing": "closing",
            "Open lines": "closing",
            "Not due": "not_due",
            "1–30 days late": "days_30",
            "31–60 days late": "days_60",
            "61–90 days late": "days_90",
            "Over 90 days late": "older",
            "Unallocated": "unallocated",
            "Closing, booked": "closing_booked",
        }
        compared = 0
        for self.name in ("GBP", "JPY", "USD"):
            rows = self.statements.currency_line_ids.filtered(
                lambda row: row.currency_id.name == self.name
            )
            names = [
                cell.value for cell in sheet.book[self.name]["B"][1 : len(rows) + 1]
            ]
            for at, name in enumerate(names, 2):
                row = rows.filtered(
                    lambda row, n=name: row.statement_id.partner_id.name == n
                )
                for head, field in figures.items():
                    with self.subTest(currency=self.name, customer=name, figure=head):
                        self.assertAlmostEqual(
                            self._read(sheet, head, at), row[field], 2
                        )
                        compared += 1
                self.assertEqual(self._read(sheet, "Difference", at), 0)
        self.assertEqual(compared, 5 * len(figures))

    def test_known_figures(self):
        """By hand: 500 + 1,350 - 60 - 977.78."""
        sheet = Sheet(self.buyer_workbook())
        self.name = "USD"
        self.assertEqual(self._read(sheet, "Closing", 2), 812.22)
        self.assertEqual(self._read(sheet, "1–30 days late", 2), 622.22)
        self.assertEqual(self._read(sheet, "Unallocated", 2), -60.0)
        self.name = "Summary"
        self.assertEqual(self._read(sheet, "Closing, booked", 3), 738.38)

    def buyer_workbook(self):
        return self.statements.filtered(
            lambda one: one.partner_id == self.buyer
        )._make_workbook()

    def test_values_stand_there_without_computing(self):
        """For programs that show what was stored."""
        book = openpyxl.load_workbook(io.BytesIO(self.content), data_only=True)
        computed = Sheet(self.content)
        count = 0
        for sheet in computed.book:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("="):
                        if cell.data_type != "f":
                            continue
                        count += 1
                        self.assertAlmostEqual(
                            book[sheet.title][cell.coordinate].value,
                            computed.value(sheet.title, cell.coordinate),
                            2,
                            f"{sheet.title}!{cell.coordinate}",
                        )
        self.assertGreater(count, 80)

    def test_the_total_in_the_books(self):
        sheet = Sheet(self.content)
        last = max(
            cell.row for cell in sheet.book["Summary"]["A"] if cell.value == "Total"
        )
        self.name = "Summary"
        self.assertAlmostEqual(
            self._read(sheet, "Closing, booked", last),
            sum(self.statements.mapped("total_booked")),
            2,
        )
        self.assertAlmostEqual(
            self._read(sheet, "Closing, at spot", last),
            sum(self.statements.mapped("total_spot")),
            2,
        )

    def test_names_are_texts(self):
        sheet = Sheet(self.content)
        for name in ("Summary", "USD", "JPY"):
            found = [
                cell
                for row in sheet.book[name].iter_rows()
                for cell in row
                if cell.value in (self.trickster.name, "@SUM(A1)")
            ]
            self.assertTrue(found)
            for cell in found:
                self.assertIn(cell.data_type, ("s", "inlineStr"))

    def test_decimals_of_the_currency(self):
        sheet = Sheet(self.content)
        self.assertNotIn(".", sheet.book["JPY"]["E2"].number_format)
        self.assertIn("0.00", sheet.book["USD"]["E2"].number_format)

    def test_lines_that_were_forgotten_leave_the_figures(self):
        self.statements.line_ids.unlink()
        sheet = Sheet(self.buyer_workbook())
        self.name = "USD"
        self.assertEqual(self._read(sheet, "Closing", 2), 812.22)

    # === WHO MAY === #

    def test_downloaded_by_finance(self):
        action = self.statements.with_user(self.finance).action_open_workbook()
        self.authenticate(self.finance.login, self.finance.login)
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("spreadsheetml", answer.headers["Content-Type"])
        self.assertEqual(len(Sheet(answer.content).book.sheetnames), 4)

    def test_nobody_elses(self):
        """Salespeople have their customers'; customers and the public have none."""
        foreign = self.statements.filtered(lambda one: one.partner_id == self.trickster)
        self.trickster.user_id = self.finance
        self.env.flush_all()
        with self.assertRaises(AccessError):
            foreign.with_user(self.seller)._make_workbook()
        mine = self.statements - foreign
        self.assertTrue(mine.with_user(self.seller)._make_workbook())
        customer = self._create_customer_user("workbook_customer", self.buyer)
        with self.assertRaises(AccessError):
            mine.with_user(customer).action_open_workbook()
        url = f"/multicurrency_crm/statements.xlsx?ids={mine.id}"
        self.authenticate(customer.login, customer.login)
        self.assertNotIn("spreadsheetml", self.url_open(url).headers["Content-Type"])
        self.authenticate(None, None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_of_nothing(self):
        with self.assertRaises(UserError):
            self.statements.browse()._make_workbook()
