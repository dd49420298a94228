from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import END, LATER, TODAY
from .extension_common import LONGER, ExtensionCommon


@tagged("post_install", "-at_install")
class TestExtension(ExtensionCommon):
    def test_a_later_end_on_the_same_lock(self):
        rate = self.lock.rate
        form = self._dialog()
        self.assertEqual(form.date_end, END + timedelta(days=self.company.lock_days))
        form.date_end = LONGER
        form.reason = "decides next week"
        self.assertFalse(form.needs_approval)
        form.save().action_extend()
        self.assertEqual(self.order.rate_lock_id, self.lock)
        self.assertEqual((self.lock.date_end, self.lock.rate), (LONGER, rate))
        self.assertEqual(self.lock.invoice_by, LONGER + timedelta(days=90))
        self.assertEqual(self.order.validity_date, LONGER, "it ended with the lock")
        for record in (self.lock, self.order):
            self.assertIn("decides next week", record.message_ids[0].body)

    def test_a_validity_of_its_own_stays(self):
        self.order.validity_date = END - timedelta(days=3)
        self.lock.with_user(self.user)._extend(LONGER)
        self.assertEqual(self.order.validity_date, END - timedelta(days=3))
        self.order.validity_date = LONGER

    def test_an_expired_lock_runs_again(self):
        self._run_expiry(self, f"{LATER} 04:00:00")
        self.assertEqual(self.order.rate_lock_state, "expired")
        with freeze_time(f"{LATER} 05:00:00"):
            self.lock.with_user(self.user)._extend(LATER + timedelta(days=3))
            self.assertEqual(self.order.rate_lock_state, "locked")
            self.assertEqual(self.order.validity_date, LATER + timedelta(days=3))
            self.order.with_user(self.user).action_confirm()
        self.assertEqual(self.lock.state, "used")

    def test_no_later_day(self):
        for day in (END, TODAY, False):
            with self.assertRaisesRegex(UserError, "later day"):
                self.lock.with_user(self.user)._extend(day)
        with freeze_time(f"{LATER} 05:00:00"):
            with self.assertRaisesRegex(UserError, "later day"):
                self.lock.with_user(self.user)._extend(LATER - timedelta(days=1))

    def test_without_a_fresh_rate_nobody_can_judge(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id)]
        ).unlink()
        with self.assertRaisesRegex(UserError, "can't be promised"):
            self.lock.with_user(self.user)._extend(LONGER)

    def test_beyond_the_tolerance_a_manager_decides(self):
        self._fall()
        form = self._dialog()
        self.assertTrue(form.needs_approval)
        form.date_end = LONGER
        form.save().action_extend()
        self.assertEqual(self.lock.date_end, END)
        approval = self._pending(lock_id=self.lock.id)
        self.assertEqual(
            (approval.kind, approval.requested_date), ("extension", LONGER)
        )
        self.lock.with_user(self.user)._extend(LONGER)
        self.assertEqual(self._pending(lock_id=self.lock.id), approval, "asked once")
        self.lock.with_user(self.user)._extend(LONGER + timedelta(days=1))
        self.assertEqual(approval.state, "cancelled")
        approval = self._pending(lock_id=self.lock.id)
        approval.with_user(self.manager).action_approve()
        self.assertEqual(self.lock.date_end, LONGER + timedelta(days=1))
        self.assertEqual(self.order.validity_date, self.lock.date_end)

    def test_an_approval_that_came_too_late(self):
        self._fall()
        self.lock.with_user(self.user)._extend(LONGER)
        approval = self._pending(lock_id=self.lock.id).with_user(self.manager)
        with freeze_time(f"{LONGER + timedelta(days=1)} 04:00:00"):
            with self.assertRaisesRegex(UserError, "refuse it"), self.cr.savepoint():
                approval.action_approve()
            approval._refuse("too late")
        self.assertEqual(self.lock.date_end, END)

    def test_a_later_day_to_invoice_is_a_managers(self):
        form = self._dialog()
        form.date_end = LONGER
        form.invoice_by = LONGER + timedelta(days=200)
        form.save().action_extend()
        self.assertEqual(self.lock.date_end, LONGER)
        self.assertEqual(self.lock.invoice_by, LONGER + timedelta(days=90))
        self._pending(kind="invoicing").with_user(self.manager).action_approve()
        self.assertEqual(self.lock.invoice_by, LONGER + timedelta(days=200))

    def test_who_may(self):
        other = self._create_salesperson(
            "another_locker",
            "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user",
        )
        for user in (other, self.finance):
            with self.assertRaisesRegex(AccessError, "extended by locker"):
                self.lock.with_user(user)._extend(LONGER)
        with self.assertRaisesRegex(AccessError, "extended by locker"):
            self.order.with_user(other).action_extend_rate_lock()
        opened = self.order.with_user(self.user).action_extend_rate_lock()
        self.assertEqual(opened["context"]["default_lock_id"], self.lock.id)
        with self.assertRaises(AccessError):
            self.lock.with_user(self.plain_seller)._extend(LONGER)
        with self.assertRaises(AccessError):
            self._dialog(user=self.plain_seller)
        there = {"company_id": self.other_company.id}
        self.manager.write(
            {**there, "company_ids": [Command.set(self.other_company.ids)]}
        )
        with self.assertRaises(AccessError):
            self.lock.with_user(self.manager)._extend(LONGER)
        self.lock.with_user(self.second_manager)._extend(LONGER)
        self.assertEqual(self.lock.date_end, LONGER)

    def test_what_was_used_or_released_is_over(self):
        self.order.action_confirm()
        with self.assertRaisesRegex(UserError, "can't be extended"):
            self.lock.with_user(self.user)._extend(LONGER)
        other = self._create_quotation()
        lock = self._lock(other)
        other._release_rate("over")
        with self.assertRaisesRegex(UserError, "can't be extended"):
            lock._extend(LONGER)

    def test_a_customer_sees_nothing_of_it(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "extending_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.lock.with_user(portal)._extend(LONGER)
        with self.assertRaises(AccessError):
            self.env["fx.rate.lock.extend"].with_user(portal).create(
                {"lock_id": self.lock.id}
            )

    def test_an_agreement_runs_on(self):
        agreement = self._agree(days=14)
        ordered = self._create_quotation()
        ordered.action_confirm()
        self._run_expiry(self, f"{LATER} 04:00:00")
        self.assertEqual(agreement.state, "used")
        with freeze_time(f"{LATER} 05:00:00"):
            agreement._extend(LATER + timedelta(days=30))
            self.assertEqual(agreement.state, "active")
            self.assertEqual(self._create_quotation().rate_lock_id, agreement)
