"""Who is deleted goes from what was remarked of a file, and from the file."""

from odoo.tests import tagged

from .history_common import HistoryCommon, make_csv

LINE = ("Grüße Möllerstein", "GM-22", "jutta@moellerstein.example", "+49 171 5550123")
HEAD = ("Customer", "Customer Code", "Email", "Phone")
OTHER = ("Savanna Tea", "ST-1", "desk@savanna.example", "")


def make_old(rows):
    """:return: the bytes of a text file in Windows-1252"""
    return make_csv(rows, ";").decode().encode("cp1252")


@tagged("post_install", "-at_install")
class TestImportForgetting(HistoryCommon):
    def _find_said(self, record):
        """:return: the tables of imports that still say something of her"""
        self.env.flush_all()
        found = []
        for table, column in (
            ("customer_import", "id"),
            ("customer_import_column", "import_id"),
            ("customer_import_row", "import_id"),
            ("customer_import_layout", "NULL"),
        ):
            where = f"{column} = {record.id}" if column != "NULL" else "TRUE"
            self.cr.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {where}")
            texts = "\n".join(text for (text,) in self.cr.fetchall()).lower()
            found += [table for one in LINE if one.lower() in texts]
        return found

    def test_remarks_and_file_of_what_is_published_go(self):
        record = self._publish(make_old([HEAD, LINE, OTHER]), kind="customers")
        self.assertEqual(record.state, "done", record.failure)
        self.assertIn("Möllerstein", record.remarks)
        hers, others = record.row_ids.partner_id
        hers.sudo().unlink()
        self.assertEqual(self._find_said(record), [])
        self.assertFalse(record.file)
        self.assertFalse(record.erased_on)
        self.assertEqual(record.row_ids[1].name, "Savanna Tea")
        # the rest is taken back all the same
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(others.exists())

    def test_rows_of_a_forgotten_file_are_erased_in_time(self):
        record = self._publish(make_old([HEAD, LINE, OTHER]), kind="customers")
        record.row_ids[0].partner_id.sudo().unlink()
        self.company.history_keep_days = 1
        self.env.flush_all()
        self.cr.execute(
            "UPDATE customer_import SET write_date = '2020-01-01',"
            " published_on = '2020-01-01' WHERE id = %s",
            [record.id],
        )
        self.env.invalidate_all()
        self.env["customer.import"].sudo()._erase_old()
        self.assertTrue(record.erased_on)
        self.assertFalse(any(record.row_ids.mapped("name")))

    def test_what_waits_to_be_published_is_read_again(self):
        partner = self.env["res.partner"].create(
            {"name": LINE[0], "email": LINE[2], "is_company": True}
        )
        record = self._check_whole(make_old([HEAD, LINE, OTHER]), kind="customers")
        self.assertEqual(record.row_ids[0].state, "duplicate")
        partner.unlink()
        self.assertEqual(self._find_said(record), [])
        self.assertTrue(record.file)
        record.action_dry_run()
        self.assertEqual(record.row_ids.mapped("state"), ["create", "create"])

    def test_a_table_without_headers_forgets_its_first_row(self):
        partner = self.env["res.partner"].create({"name": LINE[0], "email": LINE[2]})
        record = self._load(make_old([LINE, OTHER]), kind="customers")
        record.action_read()
        titles = record.column_ids.mapped("title")
        self.env["customer.import.layout"]._remember(
            record, "first row", "customers", {LINE[2]: ["email", None]}, {}
        )
        partner.unlink()
        self.assertNotIn(LINE[2], record.column_ids.mapped("title"), titles)
        self.assertFalse(
            self.env["customer.import.layout"]._recall(self.company, "first row")
        )

    def test_what_a_check_failed_by_goes_too(self):
        partner = self.env["res.partner"].create({"name": LINE[0]})
        record = self._check_whole(make_old([HEAD, OTHER]), kind="customers")
        record.sudo()._write_guarded({"failure": f"{LINE[0]}: used meanwhile."})
        partner.unlink()
        self.assertFalse(record.failure)
