"""What a form says and offers at once, when files are chosen and rows are mended."""

import io
from base64 import b64encode

import openpyxl

from odoo.tests import Form, tagged

from ...models.history.customer_import_workbook import name_columns
from .history_common import ITEMS, HistoryCommon, make_csv

BAD = ("Atacama Minerals", "AM-4", "", "UDS", "5")


@tagged("post_install", "-at_install")
class TestStepsAtOnce(HistoryCommon):
    def test_22_another_file_is_to_be_read_before_it_is_saved(self):
        record = self._check_whole([*ITEMS, BAD])
        with Form(record) as form:
            self.assertIn("Rows with errors", form.next_step)
            form.file = b64encode(make_csv(ITEMS)).decode()
            self.assertEqual((form.state, form.needs_care), ("draft", False))
            self.assertIn("Read the file", form.next_step)
        self.assertEqual(record.state, "draft")
        record.action_dry_run()
        self.assertEqual((record.state, record.error_count), ("ready", 0))

    def test_22_another_choice_is_to_be_checked_before_it_is_saved(self):
        record = self._check_whole(ITEMS)
        for change in ("sign", "column"):
            with self.subTest(change=change), Form(record) as form:
                self.assertEqual(form.state, "ready")
                if change == "sign":
                    form.sign = "owing"
                else:
                    with form.column_ids.edit(2) as column:
                        column.field = False
                self.assertEqual(form.state, "read")
                self.assertIn("Then check", form.next_step)
            self.assertEqual(record.state, "read")
            record.action_dry_run()

    def test_22_totals_are_no_choice_that_asks_for_a_check(self):
        record = self._check_whole(ITEMS)
        with Form(record) as form:
            with form.total_ids.edit(0) as total:
                total.typed = 5.0
            form.difference_reason = "Rounded"
            self.assertEqual(form.state, "ready")
        self.assertEqual(record.state, "ready")

    def test_22_what_is_there_already_is_not_to_be_published(self):
        self._publish(ITEMS)
        again = self._check_whole(ITEMS)
        self.assertEqual(again.duplicate_count, len(ITEMS) - 1)
        self.assertFalse(again.can_publish)
        self.assertIn("there is nothing to do", again.next_step)
        self.assertNotIn("ublish", again.next_step)
        one_more = self._check_whole(
            [*ITEMS, ("Atacama Minerals", "Q", "", "USD", "5")]
        )
        self.assertTrue(one_more.can_publish)
        self.assertIn("Then publish", one_more.next_step)

    def test_22_customers_that_are_there_can_be_chosen_all_the_same(self):
        rows = [("Customer", "E-mail"), ("Atacama Minerals Ltd", "a@atacama.example")]
        record = self._check_whole(rows, kind="customers")
        self.assertFalse(record.can_publish)
        self.assertIn("unless you choose otherwise", record.next_step)
        record.row_ids.choice = "create"
        self.assertTrue(record.can_publish)
        self.assertIn("publish", record.next_step)

    def test_22_a_reason_names_the_column_in_the_workbook_of_its_own(self):
        record = self._check_whole([*ITEMS, BAD])
        self.assertIn("D7", record.row_ids.filtered("message")[-1].message)
        book = openpyxl.load_workbook(io.BytesIO(record._make_rows_workbook()))
        reason = book.active["A2"].value
        self.assertTrue(reason.startswith("Currency: "), reason)
        self.assertIn("UDS", reason)
        self.assertNotIn("D7", reason)

    def test_22_only_cells_of_the_row_are_named_by_their_column(self):
        titles = [f"T{number}" for number in range(1, 30)]
        for reason, named in (
            ("AA12: no day", "T27: no day"),
            ("A12：币种", "T1：币种"),
            ("A12: “B12: x”, C13: y", "T1: “B12: x”, C13: y"),
            ("A12: a\nB12: b", "T1: a\nT2: b"),
            ("ZZ12: a", "ZZ12: a"),
            ("Duplicate of A12", "Duplicate of A12"),
            (False, ""),
        ):
            with self.subTest(reason=reason):
                self.assertEqual(name_columns(reason, 12, titles), named)
