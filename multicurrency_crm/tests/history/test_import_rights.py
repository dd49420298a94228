"""Who brings in, looks, publishes, approves and takes back."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .history_common import DAY, ITEMS, HistoryCommon


@tagged("post_install", "-at_install")
class TestImportRights(HistoryCommon):
    def test_22_salespeople_see_nothing_of_it(self):
        record = self._check()
        seller = self._create_colleague("history_user", "group_user")
        for one in (record, record.row_ids, record.total_ids, record.column_ids):
            with self.subTest(model=one._name), self.assertRaises(AccessError):
                self._as(one, seller, self.company).read(["id"])
        for name in ("action_read", "action_dry_run", "action_publish", "action_undo"):
            with self.subTest(method=name), self.assertRaises(AccessError):
                getattr(self._as(record, seller, self.company), name)()

    def test_22_another_companys_files_are_its_own(self):
        record = self._check()
        other = self._create_colleague(
            "history_other", "group_finance", self.other_company
        )
        there = self._as(record, other, self.other_company)
        self.assertFalse(there.search([]))
        for name in ("action_read", "action_dry_run", "action_publish", "action_undo"):
            with self.subTest(method=name), self.assertRaises(AccessError):
                getattr(there, name)()
        with self.assertRaises(AccessError):
            self._load(ITEMS, user=other)

    def test_22_the_same_documents_of_another_company_are_others(self):
        self._publish()
        self._load_chart(self.other_company)
        self._choose_accounts(self.other_company)
        self._set_rate(self.jpy, "2026-01-01", 150.0, self.other_company)
        other = self._create_colleague(
            "history_other", "group_finance", self.other_company
        )
        record = self._publish(user=other, company=self.other_company)
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.done_count, 5)
        move = record.sudo().entry_ids.move_id[:1]
        self.assertEqual(move.company_id, self.other_company)

    def test_22_a_branch_books_in_its_own_books_by_its_main_companys_choices(self):
        branch = self._found_branch("Harbour West")
        clerk = self._create_colleague("history_branch", "group_finance", branch)
        record = self._publish(user=clerk, company=branch)
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.sudo().entry_ids.move_id.company_id, branch)
        self.assertEqual(len(self._find_open(company=branch)), 4)

    def test_22_5_four_eyes(self):
        self.company.history_four_eyes = True
        record = self._check()
        record.action_publish()
        self.assertEqual(record.state, "requested")
        with self.assertRaises(AccessError):
            record.action_approve()
        self.assertEqual(self._find_open(), {})
        with self.assertRaisesRegex(UserError, "can't be changed"):
            record.date = "2026-01-31"
        decider = self._as(record, self.manager, self.company)
        decider.action_approve()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.decided_by, self.manager)
        self.assertEqual(len(self._find_open()), 4)

    def test_22_5_who_brought_it_in_doesnt_approve_it(self):
        self.company.history_four_eyes = True
        record = self._check(user=self.manager)
        record.action_publish()
        with self.assertRaises(AccessError):
            record.action_approve()

    def test_22_5_what_is_refused_can_be_mended(self):
        self.company.history_four_eyes = True
        record = self._check()
        record.action_publish()
        self._as(record, self.manager, self.company)._refuse("Wrong day")
        self.assertEqual(record.state, "ready")
        record.date = "2026-05-31"
        self.assertEqual(record.state, "read")
        record.action_dry_run()
        record.action_publish()
        record.action_withdraw()
        self.assertEqual(record.state, "ready")

    def test_22_5_nothing_is_published_by_hand(self):
        record = self._check()
        for vals in (
            {"state": "done"},
            {"published_by": self.finance.id},
            {"file_hash": "x"},
            {"failure": "x"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)
        row = record.row_ids[0]
        for vals in ({"amount": 5.0}, {"state": "done"}, {"partner_id": 1}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                row.write(vals)
        with self.assertRaises(AccessError):
            record.total_ids[0].write({"found": 5.0})
        record.action_publish()
        with self.assertRaises(UserError):
            row.choice = "skip"
        with self.assertRaises(UserError):
            record.column_ids[0].field = False
        with self.assertRaises(UserError):
            record.total_ids[0].typed = 7.0
        with self.assertRaises(UserError):
            record.total_ids[0].unlink()
        with self.assertRaises(UserError):
            record.write({"date": DAY.replace(day=1)})
        with self.assertRaises(UserError):
            record.action_publish()
