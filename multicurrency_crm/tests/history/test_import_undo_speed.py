"""Taking back many items: by whole entries, without a word, part by part."""

import os
import time
from unittest.mock import patch

from odoo.tests import tagged

from ...models.history import customer_import, customer_import_publishing
from ..counts import tell
from .history_common import HistoryCommon

#: items that are taken back with a clock; 5,000 where somebody asks for it
ITEMS = int(os.environ.get("MULTICURRENCY_UNDO_ITEMS", "300"))
BUYERS = 40
CODES = ("USD", "EUR", "JPY")


@tagged("post_install", "-at_install")
class TestUndoSpeed(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.object(customer_import, "AT_ONCE", 10**6))
        cls.env["res.partner"].create(
            [
                {"name": f"Buyer {n}", "ref": f"B-{n}", "is_company": True}
                for n in range(BUYERS)
            ]
        )

    def _make_rows(self, count):
        head = ("Customer Code", "Invoice No", "Due Date", "Currency", "Open Amount")
        return [
            head,
            *(
                (f"B-{n % 40}", f"U-{count}-{n}", "2026-07-01", CODES[n % 3], n + 1)
                for n in range(count)
            ),
        ]

    def _count_messages(self):
        self.env.flush_all()
        self.cr.execute("SELECT last_value FROM mail_message_id_seq")
        return self.cr.fetchone()[0]

    def test_nothing_is_told_of_items_that_go(self):
        record = self._publish(self._make_rows(60))
        moves = record.sudo().entry_ids.move_id
        before = self._count_messages()
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(moves.exists())
        told = self._count_messages() - before
        # of the import itself alone: its states, and who did it
        self.assertLessEqual(told, 3)

    def test_queries_of_an_item_dont_grow(self):
        spent = []
        for count in (120, 600):
            record = self._publish(self._make_rows(count), file_name=f"{count}.csv")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            record.action_undo()
            self.env.flush_all()
            spent.append(self.cr.sql_log_count - before)
            self.assertEqual(record.state, "undone", record.failure)
        self.assertLess((spent[1] - spent[0]) / 480, 8, spent)

    def test_a_part_is_some_items_and_progress_counts_what_went(self):
        record = self._publish(self._make_rows(240))
        undo, seen = type(record)._undo_part, []

        def look(record, ids, unpublish):
            left = record.row_ids.filtered("is_published")
            undo(record, ids, unpublish)
            gone = len(left) - len(left.filtered("is_published"))
            seen.append((len(ids), gone, record.looked_at))

        with (
            patch.object(customer_import_publishing, "PART", 20),
            patch.object(type(record), "_undo_part", look),
        ):
            record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertEqual(sum(gone for _asked, gone, _done in seen), 240)
        self.assertEqual(seen[-1][2], 240, "all are counted")
        self.assertGreater(len(seen), 5)
        for asked, gone, _done in seen:
            self.assertEqual(asked, gone)
            # items of the last entry of a part beyond it
            self.assertLess(gone, 30)

    def test_customers_that_were_created_go_part_by_part(self):
        rows = self._make_rows(12)
        rows[1:] = [(f"Buyer of {n}", *row[1:]) for n, row in enumerate(rows[1:])]
        rows[0] = ("Customer", *rows[0][1:])
        record = self._publish(rows, create_customers=True)
        made = record.row_ids.partner_id
        self.assertEqual(len(made), 12)
        remove, parts = type(record)._remove_newcomers, []

        def look(record, *args):
            parts.append(len(record._find_newcomer_ids()))
            return remove(record, *args)

        with (
            patch.object(customer_import_publishing, "PART", 5),
            patch.object(type(record), "_remove_newcomers", look),
        ):
            record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(made.exists())
        self.assertEqual(parts, [12, 7, 2])

    def test_many_items_with_a_clock(self):
        record = self._publish(self._make_rows(ITEMS))
        undo, longest = type(record)._undo_part, [0.0]

        def look(record, ids, unpublish):
            started = time.monotonic()
            undo(record, ids, unpublish)
            record.env.flush_all()
            longest[0] = max(longest[0], time.monotonic() - started)

        started = time.monotonic()
        with patch.object(type(record), "_undo_part", look):
            record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        spent = time.monotonic() - started
        tell(f"{ITEMS} items taken back in {spent:.1f} s, a part in {longest[0]:.1f} s")
        # Odoo makes ten parts of a job before it looks at its 120 seconds
        self.assertLess(longest[0], 12)
