"""At each step an import says what is expected of whoever looks at it."""

import io

import openpyxl

from odoo.tests import tagged

from ...engine.history_fields import KINDS
from ...engine.history_templates import get_header, list_template_fields
from .history_common import DAY, ITEMS, HistoryCommon

HEAD = ITEMS[0]


@tagged("post_install", "-at_install")
class TestImportGuiding(HistoryCommon):
    def _reads(self, record, text, needs_care=False):
        self.assertIn(text, record.next_step)
        self.assertEqual(record.needs_care, needs_care)

    def test_22_from_the_file_to_what_is_published(self):
        Import = self._as(self.env["customer.import"], self.finance, self.company)
        self._reads(Import.new({}), "Choose the spreadsheet")
        record = self._load(ITEMS)
        self._reads(record, "Read the file")
        record.action_read()
        self._reads(record, "Look at the opening date")
        record.action_dry_run()
        self._reads(record, "Enter below what the old system shows")
        total = record.total_ids.filtered(lambda one: one.currency_id == self.eur)
        total.write({"typed": 399.0, "is_typed": True})
        self._reads(record, "What was found differs", needs_care=True)
        record.difference_reason = "Rounded there"
        self.assertFalse(record.needs_care)
        total.typed = 400.0
        self._reads(record, "Everything fits")
        record.action_publish()
        self._reads(record, "Published rows: 5")
        record.action_undo()
        self._reads(record, "Taken back")

    def test_22_what_has_to_be_chosen_is_named(self):
        rows = [("Who", *HEAD[1:]), ("Atacama Minerals", "Z-1", "", "USD", "1,234")]
        record = self._load(rows)
        record.action_read()
        self._reads(record, "Customer, Customer Code, Tax Number, or Email", True)
        record.column_ids[0].field = "name"
        self._reads(record, "how these columns are read: Open Amount", True)
        record.column_ids[-1].reading = "point"
        self._reads(record, "Look at the opening date")

    def test_22_rows_to_mend_come_before_all_else(self):
        rows = [*ITEMS, ("Atacama Minerals", "AM-4", "", "UDS", "5")]
        record = self._check_whole(rows)
        self._reads(record, "Rows with errors: 1", needs_care=True)
        record.skip_bad = True
        self._reads(record, "Enter below")

    def test_22_duplicates_wait_for_a_choice(self):
        rows = [("Customer", "E-mail"), ("Atacama Minerals Ltd", "a@atacama.example")]
        record = self._check_whole(rows, kind="customers")
        self.assertEqual(self._read(record)[0][1], "duplicate", self._read(record))
        self._reads(record, "Duplicates: 1, and nothing else")
        record.row_ids.choice = "update"
        self._reads(record, "Duplicates are settled")
        record.row_ids.choice = "skip"
        self._reads(record, "No row is left")

    def test_22_5_who_waits_and_who_decides_read_each_their_own(self):
        self.company.history_four_eyes = True
        record = self._check_whole(ITEMS)
        record.action_publish()
        self._reads(record, "a manager who didn't bring it in")
        credit = self._create_colleague("guided_credit", "group_credit_manager")
        for user, text in (
            (self.manager, "approve or refuse"),
            (credit, "waits for the approval of a manager."),
        ):
            with self.subTest(user=user.login):
                self._reads(self._as(record, user, self.company), text)

    def test_22_a_figure_opens_its_rows(self):
        rows = [*ITEMS, ("Atacama Minerals", "AM-4", "", "UDS", "5")]
        record = self._check_whole(rows)
        for asked, found in (("create", "create"), ("x", "error"), (None, "error")):
            action = record.with_context(rows_state=asked).action_open_rows()
            with self.subTest(asked=asked):
                self.assertTrue(action["context"][f"search_default_{found}"])
                self.assertEqual(action["domain"], [("import_id", "=", record.id)])
                self.assertEqual(action["context"]["rows_kind"], "items")

    def test_22_how_far_a_job_came(self):
        rows = [HEAD]
        rows += [("Atacama Minerals", f"G-{n}", DAY, "USD", "1.5") for n in range(1200)]
        record = self._check(rows)
        found = record.get_progress()
        self.assertTrue(found["is_busy"])
        self.assertEqual(found["text"], "The file is being read.")
        record.sudo()._write_guarded({"is_staged": True, "looked_at": 300})
        found = record.get_progress()
        self.assertEqual((found["percent"], found["is_busy"]), (25, True))
        self.assertEqual(found["text"], "300 of 1,200 rows")
        record.sudo()._start_check()
        self.env["customer.import"]._cron_work()
        self.assertEqual(record.state, "ready")
        self.assertFalse(record.get_progress()["is_busy"])

    def test_22_templates_explain_their_columns_and_are_read_back(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        Import = self._as(self.env["customer.import"], self.finance, self.company)
        self.assertEqual(len(Import.get_import_templates()), len(KINDS))
        for kind in KINDS:
            for lang in ("en_US", "zh_CN"):
                content = Import.with_context(lang=lang)._make_template(kind)
                book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
                data, columns = (list(sheet.values) for sheet in book)
                fields = list_template_fields(kind, lang == "zh_CN")
                with self.subTest(kind=kind, lang=lang):
                    headers = [title.rstrip("*") for title in data[0]]
                    self.assertEqual([row[0] for row in columns[1:]], headers)
                    self.assertEqual(
                        headers,
                        [get_header(one, lang == "zh_CN", kind) for one in fields],
                    )
                    self.assertEqual(len(data), 1, "an example would be brought in")
                    record = self._load(content, kind=kind, file_name="t.xlsx")
                    record.action_read()
                    self.assertEqual(record.column_ids.mapped("field"), fields)
