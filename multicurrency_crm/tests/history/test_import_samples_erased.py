"""Erased is erased: the samples of columns, too."""

from base64 import b64encode

from odoo.tests import tagged

from .history_common import HistoryCommon, make_csv

PERSON = {
    "name": "Wanjiru Ochieng",
    "email": "wanjiru@savanna.example",
    "phone": "+254 20 555 0142",
}
ROWS = [
    ("Customer", "E-mail", "Phone", "Currency", "Invoice No", "Open Amount"),
    (*PERSON.values(), "USD", "W-1", "512.40"),
    ("Savanna Tea", "desk@savanna.example", "", "USD", "W-2", "77.10"),
]
PEOPLE = [line[:3] for line in ROWS]
CONTACTS = [
    ("Customer", "Contact Person", "Contact Email"),
    ("Savanna Tea", *list(PERSON.values())[:2]),
]


@tagged("post_install", "-at_install")
class TestImportSamplesErased(HistoryCommon):
    def _find_said(self, record):
        """:return: what tables of imports still say of her"""
        self.env.flush_all()
        found = []
        for table in (
            "customer_import",
            "customer_import_column",
            "customer_import_row",
        ):
            self.cr.execute(
                f"SELECT to_jsonb(t)::text FROM {table} t WHERE "
                + ("id = %s" if table == "customer_import" else "import_id = %s"),
                [record.id],
            )
            for (text,) in self.cr.fetchall():
                found += [
                    (table, one)
                    for one in PERSON.values()
                    if one.lower() in text.lower()
                ]
        return found

    def test_the_erased_file_leaves_no_sample(self):
        for publish in (False, True):
            record = self._check_whole(PEOPLE, kind="customers")
            self.assertTrue(self._find_said(record))
            if publish:
                record.action_publish()
                self.assertEqual(record.state, "done", record.failure)
            record.action_erase()
            self.assertEqual(self._find_said(record), [])
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)

    def test_files_that_were_kept_long_enough_leave_no_sample(self):
        record = self._check_whole(PEOPLE, kind="customers")
        self.company.history_keep_days = 1
        self.env.flush_all()
        self.cr.execute(
            "UPDATE customer_import SET write_date = '2020-01-01' WHERE id = %s",
            [record.id],
        )
        self.env.invalidate_all()
        self.env["customer.import"].sudo()._erase_old()
        self.assertTrue(record.erased_on)
        self.assertEqual(self._find_said(record), [])

    def test_a_file_that_is_replaced_or_removed_leaves_no_sample(self):
        for content in (False, b64encode(make_csv([("Customer",), ("Mara Sisal",)]))):
            record = self._check_whole(PEOPLE, kind="customers")
            record.file = content
            self.assertEqual(self._find_said(record), [])

    def test_who_is_deleted_goes_from_the_samples(self):
        for until in ("read", "ready", "done"):
            partner = self.env["res.partner"].create({**PERSON, "is_company": True})
            record = self._load(PEOPLE, kind="customers")
            record.action_read()
            if until != "read":
                record.action_dry_run()
            if until == "done":
                record.row_ids[0].choice = "update"
                record.action_publish()
                self.assertEqual(record.state, "done", record.failure)
            self.assertTrue(record.column_ids.filtered("sample"))
            partner.unlink()
            self.assertEqual(self._find_said(record), [], until)

    def test_rows_that_a_lookup_deletes_go_from_the_samples(self):
        record = self._check_whole(PEOPLE, kind="customers")
        record.row_ids[0].sudo().unlink()
        self.assertEqual(self._find_said(record), [])

    def test_contacts_are_found_by_their_own_email(self):
        record = self._check_whole(CONTACTS, kind="customers")
        self.assertIn(PERSON["email"], record.row_ids.email)
