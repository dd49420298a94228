"""Ageing lists: our ageing on the opening date has the columns of the file."""

import io

import openpyxl

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...engine.open_items import AGES, AgeBounds
from .history_common import DAY, HistoryCommon

ENGLISH = [
    ("Customer", "Currency", "Current", "1-30", "31-60", "61-90", "Over 90", "Total"),
    ("Atacama Minerals", "USD", "100", "20.50", "", "7", "3", "130.50"),
    ("Atacama Minerals", "EUR", "", "", "40", "", "", "40"),
    ("Bosphorus Textiles", "JPY", "5000", "", "", "-300", "", "4700"),
    ("Total", "", "", "", "", "", "", ""),
]
CHINESE = [
    ("应收账款账龄分析表",),
    ("截止日期：2026-06-30",),
    *[
        (
            "客户名称",
            "币别",
            "未到期",
            "1-30天",
            "31-60天",
            "61-90天",
            "90天以上",
            "合计",
        )
    ],
    *ENGLISH[1:4],
]
WANTED = {
    ("Atacama Minerals Ltd.", "USD"): (100, 20.5, 0, 7, 3),
    ("Atacama Minerals Ltd.", "EUR"): (0, 0, 40, 0, 0),
    ("Bosphorus Textiles A.S.", "JPY"): (5000, 0, 0, -300, 0),
}


@tagged("post_install", "-at_install")
class TestAgeingLists(HistoryCommon):
    def _find_aged(self, day=DAY):
        """:return: {(customer's name, currency): amounts by age} of our own ledger"""
        found = {}
        for item in self.env["account.move.line"]._find_open_items(self.company, day):
            name = self.env["res.partner"].browse(item.partner_id).name
            code = self.env["res.currency"].browse(item.currency_id).name
            ages = found.setdefault((name, code), [0, 0, 0, 0, 0])
            ages[AGES.index(AgeBounds().age(item.due, day))] += item.residual
        return {key: tuple(ages) for key, ages in found.items()}

    def test_our_ageing_has_the_columns_of_the_file(self):
        for rows in (ENGLISH, CHINESE):
            with self.subTest(rows[0]):
                record = self._publish(rows)
                self.assertEqual(record.kind, "balances")
                self.assertEqual(record.state, "done", record.failure)
                self.assertEqual(self._find_aged(), WANTED)
                record.action_undo()
                self.assertFalse(self._find_aged())

    def test_each_item_says_its_age(self):
        record = self._publish(ENGLISH)
        rows = record.row_ids.filtered(lambda row: row.row_number == 2)
        self.assertEqual(
            rows.mapped("document"),
            [
                "Opening balance, not due yet",
                "Opening balance, 1 to 30 days",
                "Opening balance, 61 to 90 days",
                "Opening balance, over 90 days",
            ],
        )
        self.assertIn("taken as due on", rows[1].message)
        self.assertIn("Open by age", record.remarks)

    def test_customers_read_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.atacama.lang = "zh_CN"
        record = self._publish(ENGLISH)
        line = record.sudo().entry_ids.move_id.line_ids.filtered(
            lambda line: line.amount_currency == 20.5
        )
        self.assertNotIn("Opening", line.name)

    def test_ages_that_miss_their_total_are_an_error_of_the_row(self):
        rows = [list(row) for row in ENGLISH]
        rows[1][3] = "20.51"
        rows[2][4] = ""
        record = self._check_whole(rows)
        errors = record.row_ids.filtered(lambda row: row.state == "error")
        self.assertEqual(errors.mapped("row_number"), [2, 3])
        self.assertIn("130.51", errors[0].message)
        self.assertIn("0.01 apart", errors[0].message)
        self.assertIn("40 apart", errors[1].message)

    def test_without_a_total_their_sum_counts(self):
        rows = [row[:-1] for row in ENGLISH[:4]]
        self._publish(rows)
        self.assertEqual(self._find_aged(), WANTED)

    def test_left_out_the_balance_is_due_on_the_opening_date(self):
        record = self._load(ENGLISH)
        record.action_read()
        ages = record.column_ids.filtered(lambda one: one.field == "age")
        self.assertEqual(len(ages), 5)
        ages.field = False
        record.action_dry_run()
        row = record.row_ids[0]
        self.assertEqual((row.amount, row.due), (130.5, DAY))
        self.assertIn("ages are left out", row.message)

    def test_one_age_left_out_is_missed_in_the_total(self):
        record = self._load(ENGLISH)
        record.action_read()
        record.column_ids.filtered(lambda one: one.title == "31-60").field = False
        record.action_dry_run()
        self.assertEqual(
            record.row_ids.filtered(lambda row: row.state == "error").row_number, 3
        )

    def test_a_column_without_days_is_no_age(self):
        record = self._load([("Customer", "Total", "Region"), ("Atacama", "1", "2")])
        record.kind = "balances"
        record.action_read()
        column = record.column_ids.filtered(lambda one: one.title == "Region")
        with self.assertRaisesRegex(ValidationError, "Region"):
            column.field = "age"

    def test_ages_are_left_out_one_by_one(self):
        rows = [(*ENGLISH[0][:-2], "Older", "Total"), *ENGLISH[1:]]
        record = self._load(rows)
        record.action_read()
        ages = record.column_ids.filtered(lambda one: one.field == "age")
        self.assertEqual(len(ages), 5)
        for column in ages:
            column.field = False
        for column in ages[::-1]:
            column.field = "age"
        (ages - ages[-1]).field = False
        record.action_dry_run()
        self.assertEqual(record.state, "read")
        self.assertIn("Older", record.failure)

    def test_ages_come_again_with_the_kind(self):
        rows = [[row[at] for at in (0, 1, 6, 5, 4, 3, 2, 7)] for row in ENGLISH]
        rows[0][2] = "Older"
        record = self._load(rows)
        record.action_read()
        record.kind = "past"
        self.assertNotIn("age", record.column_ids.mapped("field"))
        record.kind = "balances"
        self.assertEqual(record.column_ids.mapped("field").count("age"), 5)
        record.action_dry_run()
        record.action_publish()
        self.assertEqual(self._find_aged(), WANTED)

    def test_company_currency_is_shared_out_by_age(self):
        rows = [
            ("客户名称", "币别", "未到期", "1-30天", "30天以上", "合计", "本位币金额"),
            ("Atacama Minerals", "USD", "10", "10", "10", "30", "213.05"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.mapped("booked"), [71.01, 71.02, 71.02])

    def test_a_document_with_one_age_keeps_its_number(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Current", "1-30", "31-60"),
            ("Atacama Minerals", "AM-1", "USD", "100", "", ""),
            ("Atacama Minerals", "AM-2", "USD", "", "5", "6"),
        ]
        record = self._publish(rows)
        self.assertEqual(record.kind, "items")
        self.assertEqual(
            record.row_ids.mapped("document"),
            ["AM-1", "AM-2, 1 to 30 days", "AM-2, 31 to 60 days"],
        )
        again = self._check_whole(rows)
        self.assertEqual(again.duplicate_count, 3, self._read(again))

    def test_due_dates_say_it_better(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Current", "1-30"),
            ("Atacama Minerals", "AM-1", "2026-06-12", "USD", "", "100"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(str(record.row_ids.due), "2026-06-12")
        self.assertEqual(record.row_ids.amount, 100)

    def test_lines_of_documents_have_no_ages(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Current", "1-30"),
            ("Atacama Minerals", "AM-1", "USD", "", "100"),
        ]
        record = self._check(rows, rows_are="lines")
        self.assertEqual(record.state, "read")
        self.assertIn("Rows Are", record.failure)

    def test_the_same_balance_with_other_ages_is_known(self):
        first = self._publish(ENGLISH)
        plain = [(row[0], row[1], row[-1]) for row in ENGLISH[:4]]
        other = [
            ("Customer", "Currency", "Not due", "Overdue", "Total"),
            ("Atacama Minerals", "USD", "100", "30.50", "130.50"),
        ]
        for rows in (ENGLISH, plain, other):
            record = self._check_whole(rows, kind="balances")
            self.assertFalse(record.create_count, self._read(record))
        first.action_undo()
        late = self._check_whole(ENGLISH)
        self._publish(plain, kind="balances")
        with self.assertRaisesRegex(UserError, "7 rows"):
            late.action_publish()

    def test_a_row_is_mended_once(self):
        rows = [
            row if row[0] != "Atacama Minerals" else ("Nobody", *row[1:])
            for row in ENGLISH
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.error_count, 5)
        book = openpyxl.load_workbook(io.BytesIO(record._make_rows_workbook()))
        names = [row[1].value for row in book.active.iter_rows(min_row=2)]
        self.assertEqual(names, ["Nobody", "Nobody"])

    def test_the_sign_beside_an_age_is_its_currency(self):
        rows = [
            ("Customer", "Current (EUR)", "1-30 (EUR)"),
            ("Atacama Minerals", "€5.00", "7.00"),
        ]
        record = self._check_whole(rows, kind="balances")
        self.assertEqual(record.row_ids.currency_id.name, "EUR")
        rows = [
            ("Customer", "Currency", "Current", "1-30"),
            ("Atacama Minerals", "USD", "5.00", "€7.00"),
        ]
        record = self._check_whole(rows, kind="balances")
        self.assertEqual(record.row_ids.mapped("state"), ["create", "error"])
        self.assertIn("D2", record.row_ids[1].message)

    def test_what_cannot_be_read_in_ages_is_said_cell_by_cell(self):
        rows = [list(row) for row in ENGLISH]
        rows[1][2], rows[1][3] = "abc", "#N/A"
        record = self._check_whole(rows)
        self.assertIn("C2", record.row_ids[0].message)
        self.assertIn("D2", record.row_ids[0].message)
