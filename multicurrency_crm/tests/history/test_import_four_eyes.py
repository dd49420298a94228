"""Who had a hand in a file neither approves it nor grants its limits."""

from base64 import b64encode

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .history_common import ITEMS, HistoryCommon, make_csv

LIMITS = [
    ("Customer", "Customer Code", "Credit Limit", "Currency"),
    ("Tungsten Weaving", "TW-5", "999000", "USD"),
]


@tagged("post_install", "-at_install")
class TestImportFourEyes(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids |= cls.env.ref("multicurrency_crm.group_credit_manager")
        cls.second = cls._create_colleague("history_second", "group_manager")
        cls.second.group_ids |= cls.env.ref("multicurrency_crm.group_credit_manager")

    def _mine(self, record, user):
        return self._as(record, user, self.company)

    def _limit_of(self, record):
        partner = record.row_ids.partner_id
        return self.env["credit.limit"].search([("partner_id", "=", partner.id)])

    def _swap(self, record, user, rows, name="swapped.csv"):
        mine = self._mine(record, user)
        mine.write({"file": b64encode(make_csv(rows)), "file_name": name})
        return mine

    def test_who_swaps_the_file_grants_none_of_its_limits(self):
        record = self._load(ITEMS, kind="customers")
        mine = self._swap(record, self.manager, LIMITS)
        self.assertEqual(record.user_id, self.manager)
        mine.action_dry_run()
        mine.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        limit = self._limit_of(record)
        self.assertEqual((limit.state, limit.requested_by), ("draft", self.manager))
        for user in (self.manager, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._mine(limit, user).action_approve()
        self._mine(limit, self.second).action_approve()
        self.assertEqual((limit.state, limit.decided_by), ("approved", self.second))

    def test_who_chose_or_checked_grants_no_limit(self):
        def choose(record):
            record.currency_id = self.eur

        def look(record):
            record.row_ids.write({"choice": "create"})

        def match(record):
            record.column_ids[-1].field = False
            record.column_ids[-1].field = "currency"
            record.action_dry_run()

        for touch in (choose, look, match, lambda record: record.action_dry_run()):
            record = self._check_whole(LIMITS, kind="customers")
            mine = self._mine(record, self.manager)
            touch(mine)
            if record.state == "read":
                record.action_dry_run()
            mine.action_publish()
            self.assertEqual(record.state, "done", record.failure)
            limit = self._limit_of(record)
            self.assertEqual((limit.state, limit.requested_by), ("draft", self.finance))
            with self.assertRaises(AccessError):
                self._mine(limit, self.manager).action_approve()
            record.action_undo()

    def test_who_only_publishes_grants(self):
        record = self._check_whole(LIMITS, kind="customers")
        self._mine(record, self.manager).action_publish()
        limit = self._limit_of(record)
        self.assertEqual((limit.state, limit.decided_by), ("approved", self.manager))
        self.assertEqual((limit.import_id, record.hand_ids), (record, self.finance))

    def test_who_had_a_hand_in_it_approves_no_import(self):
        self.company.history_four_eyes = True

        def swap(record):
            self._swap(record, self.manager, ITEMS[:3])

        def reason(record):
            record.difference_reason = "as agreed"

        def compare(record):
            record.total_ids[0].write({"is_typed": True, "typed": 1250.5})

        def add(record):
            record.env["customer.import.total"].create(
                {"import_id": record.id, "currency_id": self.company.currency_id.id}
            ).unlink()

        for touch in (
            swap,
            reason,
            compare,
            add,
            lambda record: setattr(record, "date", "2026-05-31"),
            lambda record: setattr(record, "skip_bad", True),
            lambda record: setattr(record.row_ids[0], "choice", "skip"),
            lambda record: record.action_read(),
        ):
            record = self._check_whole(ITEMS)
            mine = self._mine(record, self.manager)
            touch(mine)
            if record.state != "ready":
                record.action_dry_run()
            record.total_ids.filtered("is_typed").write({"is_typed": False})
            record.action_publish()
            self.assertEqual(record.state, "requested")
            self.assertTrue(mine.is_own)
            with self.assertRaises(AccessError):
                mine.action_approve()
            self.assertEqual(record.state, "requested")
        self._mine(record, self.second).action_approve()
        self.assertEqual(record.state, "done", record.failure)

    def test_what_was_said_stays_once_it_is_asked_or_published(self):
        record = self._check_whole(ITEMS)
        record.total_ids[0].write({"is_typed": True, "typed": 7.0})
        record.difference_reason = "Rounded by the old system"
        self.company.history_four_eyes = True
        record.action_publish()
        changes = {
            "difference_reason": "Nothing to see",
            "file_name": "other.csv",
            "skip_bad": True,
            "rate_tolerance": 0.9,
        }
        for state in ("requested", "done"):
            self.assertEqual(record.state, state)
            for user in (self.finance, self.manager):
                for name, value in changes.items():
                    with (
                        self.subTest(state=state, field=name),
                        self.assertRaises(UserError),
                    ):
                        self._mine(record, user).write({name: value})
            if state == "requested":
                self._mine(record, self.manager).action_approve()
        # what is there may be sent again, as forms do
        record.write({"file_name": record.file_name})

    def test_what_is_said_before_leaves_a_trace(self):
        record = self._check_whole(ITEMS)
        self.env.flush_all()
        self.cr.precommit.run()
        record = record.with_context(tracking_disable=False)
        record.difference_reason = "First"
        self.env.flush_all()
        self.cr.precommit.run()
        self._swap(record, self.manager, ITEMS[:2])
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = self.env["mail.tracking.value"].sudo()
        fields = tracked.search(
            [("mail_message_id", "in", record.message_ids.ids)]
        ).field_id.mapped("name")
        self.assertLessEqual({"difference_reason", "file_name", "user_id"}, set(fields))

    def test_nobody_says_whose_hands_it_went_through(self):
        record = self._check_whole(ITEMS)
        for value in ([(5, 0, 0)], [(4, self.second.id, 0)]):
            with self.assertRaises(AccessError):
                record.write({"hand_ids": value})
            with self.assertRaises(AccessError):
                self._load(ITEMS, hand_ids=value)
        self.assertFalse(record.copy().hand_ids - self.finance - self.env.user)
