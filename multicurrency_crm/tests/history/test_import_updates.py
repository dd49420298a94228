"""Updates of many customers: together where they are alike, and put back one by one."""

from unittest.mock import patch

from odoo.tests import tagged

from ...models.history import customer_import
from .history_common import HistoryCommon

HEAD = ("Customer", "Customer Code", "City", "Phone", "Tags", "Contact")


@tagged("post_install", "-at_install")
class TestImportUpdates(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.object(customer_import, "AT_ONCE", 10**6))
        cls.buyers = cls.env["res.partner"].create(
            [
                {"name": f"Buyer {n}", "ref": f"B-{n}", "is_company": True, "city": "X"}
                for n in range(300)
            ]
        )

    def _make_rows(self, count, phone=""):
        rows = [
            (f"Buyer {n}", f"B-{n}", "Porto", phone and f"{phone}{n}", "Cork", "")
            for n in range(count)
        ]
        return [HEAD, *rows]

    def _count(self, rows):
        """:return: (import, queries of publishing it)"""
        record = self._check_whole(rows, kind="customers")
        self.assertEqual(record.update_count, len(rows) - 1, self._read(record)[:3])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        record.action_publish()
        self.env.flush_all()
        self.assertEqual(record.state, "done", record.failure)
        return record, self.cr.sql_log_count - before

    def test_alike_updates_are_written_together(self):
        record, few = self._count(self._make_rows(20))
        record.action_undo()
        record, many = self._count(self._make_rows(300))
        self.assertLessEqual(many, few + 25)
        self.assertEqual(set(self.buyers.mapped("city")), {"Porto"})
        self.assertEqual(set(self.buyers.mapped("category_id.name")), {"Cork"})
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertEqual(set(self.buyers.mapped("city")), {"X"})
        self.assertFalse(self.buyers.category_id)

    def test_different_updates_cost_few_queries_each(self):
        record, few = self._count(self._make_rows(20, "+351 2"))
        record.action_undo()
        _record, many = self._count(self._make_rows(220, "+351 3"))
        # Odoo looks for leads with the old phone, and letters to the old address
        self.assertLessEqual((many - few) / 200, 3.1, (few, many))

    def test_two_rows_of_one_customer_are_put_back_in_turn(self):
        rows = [
            HEAD,
            ("Buyer 1", "B-1", "Porto", "", "", ""),
            ("Buyer 1", "B-1", "Faro", "", "", ""),
        ]
        record = self._check_whole(rows, kind="customers")
        second = record.row_ids[1]
        if second.state == "duplicate":
            second.choice = "update"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        record.action_undo()
        self.assertEqual(self.buyers[1].city, "X")

    def test_contacts_come_with_their_own_customer(self):
        rows = [
            HEAD,
            ("Buyer 1", "B-1", "Porto", "", "", "Ana"),
            ("Buyer 2", "B-2", "Porto", "", "", ""),
            ("Buyer 3", "B-3", "Porto", "", "", "Rui"),
        ]
        record = self._check_whole(rows, kind="customers")
        record.action_publish()
        self.assertEqual(self.buyers[1].child_ids.name, "Ana")
        self.assertFalse(self.buyers[2].child_ids)
        self.assertEqual(self.buyers[3].child_ids.name, "Rui")
        record.action_undo()
        self.assertFalse(self.buyers.child_ids)
