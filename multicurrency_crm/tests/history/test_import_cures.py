"""What is said of rows with errors is what helps: here, before in the file."""

from odoo.tests import tagged

from .history_common import ITEMS, HistoryCommon

OPEN = [
    ("Customer", "Invoice No", "Date", "Due Date", "Currency", "Open Amount"),
    ("Atacama Minerals", "C-1", "03/04/2026", "05/06/2026", "USD", "1,234"),
]


@tagged("post_install", "-at_install")
class TestCures(HistoryCommon):
    def _unknown(self, count, *more):
        names = [f"Nobody {n}" for n in range(count)]
        rows = [(name, f"U-{name}", "2026-07-31", "USD", "10") for name in names]
        return [ITEMS[0], *rows, *more]

    def test_columns_that_are_open_come_first(self):
        record = self._check_whole(OPEN, kind="items")
        self.assertEqual(record.error_count, 1)
        self.assertTrue(record.needs_care and record.is_cured_here)
        self.assertIn("Choose below how these columns are read", record.next_step)
        self.assertNotIn("mend them", record.next_step)

    def test_unknown_customers_may_be_created(self):
        record = self._check_whole(self._unknown(3))
        self.assertTrue(record.needs_care and record.is_cured_here)
        self.assertIn("nobody knows: 3. Tick Create Unknown", record.next_step)
        self.assertNotIn("mend them", record.next_step)
        record.create_customers = True
        record.action_dry_run()
        self.assertEqual((record.error_count, record.create_count), (0, 3))

    def test_what_else_is_wrong_is_mended_in_the_file(self):
        bad = ("Atacama Minerals", "", "2026-07-31", "USD", "10")
        both = ("Nobody 9", "", "2026-07-31", "USD", "10")
        record = self._check_whole(self._unknown(2, bad, both))
        self.assertFalse(record.is_cured_here)
        self.assertIn("nobody knows: 2.", record.next_step)
        self.assertIn("Rows with errors: 2.", record.next_step)
        record.skip_bad = True
        self.assertFalse(record.needs_care and record.is_cured_here)

    def test_other_kinds_say_it_as_well(self):
        notes = [
            ("Customer", "Date", "Text"),
            ("Nobody", "2026-05-05", "Called"),
        ]
        past = [
            ("Customer", "Document Number", "Date", "Currency", "Amount"),
            ("Nobody", "P-1", "2026-05-05", "USD", "5"),
        ]
        for kind, rows in (("notes", notes), ("past", past)):
            with self.subTest(kind):
                record = self._check_whole(rows, kind=kind)
                self.assertTrue(record.is_cured_here, self._read(record))
                self.assertIn("Tick Create Unknown", record.next_step)

    def test_a_text_is_no_name(self):
        text = "To whom it may concern " * 110
        items = [ITEMS[0], (text, "L-1", "2026-07-31", "USD", "10")]
        for kind, rows in (
            ("items", items),
            ("customers", [("Customer", "Email"), (text, "a@example.com")]),
            ("customers", [("Customer",), ("Gobi Felt",), (text,)]),
            ("notes", [("Customer", "Date", "Text"), (text, "2026-05-05", text)]),
        ):
            with self.subTest(kind=kind, columns=len(rows[0])):
                record = self._check_whole(rows, kind=kind, create_customers=True)
                self.assertEqual(record.error_count, 1, self._read(record))
                row = record.row_ids.filtered(lambda one: one.state == "error")
                self.assertIn("letters are no Customer", row.message)
                self.assertLess(len(row.name), 300)

    def test_a_long_name_is_one(self):
        name = "Gobi Felt and Cashmere Import and Export Trading Company " * 3
        record = self._check_whole(
            [("Customer", "Email"), (name, "a@example.com")], kind="customers"
        )
        self.assertEqual(record.create_count, 1)
