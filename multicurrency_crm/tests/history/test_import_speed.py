"""Many rows: queries that don't grow with them, and time that does no worse."""

import time
from unittest.mock import patch

from odoo.tests import tagged

from ...models.history import customer_import
from ..counts import tell
from .history_common import HistoryCommon

#: items of the larger file, and past documents
ITEMS, PAST = 400, 4000


@tagged("post_install", "-at_install")
class TestImportSpeed(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.object(customer_import, "AT_ONCE", 10**6))
        cls.env["res.partner"].create(
            [
                {"name": f"Buyer {n}", "ref": f"B-{n}", "is_company": True}
                for n in range(40)
            ]
        )

    def _make_rows(self, count):
        head = ("Customer Code", "Invoice No", "Due Date", "Currency", "Open Amount")
        codes = ("USD", "EUR", "JPY")
        return [
            head,
            *(
                (f"B-{n % 40}", f"S-{count}-{n}", "2026-07-01", codes[n % 3], n + 1)
                for n in range(count)
            ),
        ]

    def test_22_queries_of_a_check_dont_grow_with_rows(self):
        counts = []
        for count in (60, 400):
            record = self._load(self._make_rows(count), file_name=f"{count}.csv")
            record.action_read()
            self.env.flush_all()
            before = self.cr.sql_log_count
            record.action_dry_run()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(record.create_count, count)
        self.assertLessEqual(counts[1], counts[0] + 10, counts)

    def test_22_many_items_and_past_documents(self):
        started = time.monotonic()
        record = self._publish(self._make_rows(ITEMS), file_name="many.csv")
        self.assertEqual((record.state, record.done_count), ("done", ITEMS))
        items = time.monotonic() - started
        started = time.monotonic()
        head = ("Customer Code", "Document Number", "Date", "Currency", "Amount")
        rows = [(f"B-{n % 40}", f"P-{n}", "2026-02-01", "USD", n) for n in range(PAST)]
        record = self._publish([head, *rows], file_name="past.csv")
        self.assertEqual((record.state, record.done_count), ("done", PAST))
        past = time.monotonic() - started
        tell(f"{ITEMS} items {items:.1f} s, {PAST} past documents {past:.1f} s")
        # 5,000 and 50,000 in five minutes, on a machine that others use, too
        self.assertLess(items * 5000 / ITEMS + past * 50000 / PAST, 900)
