from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.common.customer_present import mark_customer_present
from .agreement_common import AgreementCommon
from .common import END, TODAY, RateLockCommon

NEXT = END + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestLockEnd(AgreementCommon):
    """What becomes of a promise when its last day is over."""

    def test_an_agreement_that_was_ordered_at_is_used(self):
        drawn, idle = self._agree("7.0", days=14), self._agree("7.05", days=14)
        order = self._create_quotation()
        self.assertEqual(order.rate_lock_id, idle)
        order._release_rate("the other one")
        ordered = order.copy()
        ordered._take_rate_lock(drawn, False)
        ordered.action_confirm()
        self._run_expiry(self, f"{END} 23:59:00")
        self.assertEqual((drawn.state, idle.state), ("active", "active"))
        self._run_expiry(self, f"{NEXT} 00:01:00")
        self.assertEqual((drawn.state, idle.state), ("used", "expired"))
        self.assertEqual(ordered.rate_lock_state, "used")

    def test_what_was_invoiced_of_a_cancelled_order_counts(self):
        agreement = self._agree(days=14)
        order = self._create_quotation(price=100)
        self._invoice(order).action_post()
        order._action_cancel()
        self._run_expiry(self, f"{NEXT} 00:01:00")
        self.assertEqual(agreement.state, "used")

    def test_a_reserved_agreement_expires(self):
        agreement = self._agree(cap=1000, days=14)
        order = self._create_quotation(price=100)
        self._send(order)
        self.assertTrue(agreement.amount_reserved)
        self._run_expiry(self, f"{NEXT} 00:01:00")
        self.assertEqual(agreement.state, "expired")
        self.assertEqual(order.rate_lock_state, "expired")
        self.assertTrue(order.locked_rate, "the order keeps what it has")

    def test_a_late_order_uses_its_lock_once_invoiced(self):
        order, lock = self._order_late()
        self._run_expiry(self, f"{NEXT} 06:00:00")
        self.assertEqual(lock.state, "expired")
        with freeze_time(f"{NEXT} 07:00:00"):
            invoice = self._invoice(order)
        self._run_expiry(self, f"{NEXT} 07:30:00")
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(lock.state, "expired", "a draft invoices nothing")
        with freeze_time(f"{NEXT} 08:00:00"):
            invoice.action_post()
        self._run_expiry(self, f"{NEXT} 09:00:00")
        self.assertEqual(lock.state, "used")

    def _order_late(self):
        order = self._create_quotation(price=100)
        lock = self._lock(order)
        self._run_expiry(self, f"{NEXT} 04:00:00")
        with freeze_time(f"{NEXT} 05:00:00"):
            mark_customer_present(order).action_confirm()
        return order, lock

    def test_a_late_order_of_which_more_was_delivered(self):
        """Odoo waits for somebody to sell more; of the promise nothing is open."""
        order, lock = self._order_late()
        with freeze_time(f"{NEXT} 07:00:00"):
            self._invoice(order).action_post()
            order.order_line.product_id.invoice_policy = "order"
            order.order_line.qty_delivered = order.order_line.product_uom_qty + 1
            self.assertEqual(order.invoice_status, "upselling")
        self._run_expiry(self, f"{NEXT} 08:00:00")
        self.assertEqual(lock.state, "used")

    def test_a_late_order_cancelled_after_a_part(self):
        order, lock = self._order_late()
        with freeze_time(f"{NEXT} 07:00:00"):
            self._invoice(order).action_post()
            order._action_cancel()
        lock._write_guarded({"state": "expired"})
        self._run_expiry(self, f"{NEXT} 08:00:00")
        self.assertEqual(lock.state, "used")

    def test_each_company_by_its_own_clock(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.other_company.partner_id.tz = "America/Los_Angeles"
        here, there = (
            self.env["fx.rate.lock"]._create_guarded(
                [
                    {
                        "company_id": company.id,
                        "partner_id": self.customer.id,
                        "currency_id": self.eur.id,
                        "quoted_rate": "1.1",
                        "date_start": TODAY,
                        "date_end": END,
                    }
                ]
            )
            for company in (self.company, self.other_company)
        )
        (here | there).action_activate()
        for moment, states in (
            (f"{END} 15:59:00", ("active", "active")),
            (f"{END} 16:01:00", ("expired", "active")),
            (f"{NEXT} 07:59:00", ("expired", "active")),
            (f"{NEXT} 08:01:00", ("expired", "expired")),
        ):
            self._run_expiry(self, moment)
            self.assertEqual((here.state, there.state), states, moment)

    def test_one_that_fails_stops_no_other(self):
        first, bad, last = (self._lock(self._create_quotation()) for _n in range(3))
        Lock = self.registry["fx.rate.lock"]
        expire = Lock._expire

        def fail(locks):
            if bad in locks:
                raise UserError(bad.name)
            return expire(locks)

        self.patch(Lock, "_expire", fail)
        with self.assertLogs("odoo.addons.multicurrency_crm", "ERROR") as logs:
            self._run_expiry(self, f"{NEXT} 04:00:00")
        self.assertEqual((first.state, bad.state, last.state), self._three("active"))
        self.assertIn(bad.name, logs.output[0])
        self.patch(Lock, "_expire", expire)
        self._run_expiry(self, f"{NEXT} 05:00:00")
        self.assertEqual(bad.state, "expired")

    def _three(self, middle):
        return ("expired", middle, "expired")


@tagged("post_install", "-at_install")
class TestReminder(RateLockCommon):
    """Two days before the end, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_quotation(price=100, user_id=cls.user.id)
        cls.order.with_user(cls.user).action_lock_rate()
        cls.lock = cls.order.rate_lock_id
        cls.near = END - timedelta(days=2)

    def _reminders(self, record=None):
        kind = self.env.ref("multicurrency_crm.mail_activity_rate_lock_end")
        activities = (record or self.order).with_context(active_test=False).activity_ids
        return activities.filtered(lambda activity: activity.activity_type_id == kind)

    def _remind(self):
        self._run_expiry(self, f"{self.near} 04:00:00")

    def test_once_and_to_the_owner(self):
        self._run_expiry(self, f"{self.near - timedelta(days=1)} 04:00:00")
        self.assertFalse(self._reminders())
        self._remind()
        reminder = self._reminders()
        self.assertEqual(reminder.user_id, self.user)
        self.assertEqual(reminder.date_deadline, END)
        self.assertIn("7.1234", reminder.note)
        self._run_expiry(self, f"{END} 04:00:00")
        self.assertEqual(self._reminders(), reminder)
        reminder.with_user(self.user).action_done()
        self._run_expiry(self, f"{END} 05:00:00")
        self.assertLessEqual(len(self._reminders()), 1, "done is done")

    def test_none_by_setting(self):
        self.company.lock_reminder_days = 0
        self._run_expiry(self, f"{END} 04:00:00")
        self.assertFalse(self._reminders())

    def test_gone_when_ordered(self):
        self._remind()
        with freeze_time(f"{self.near} 05:00:00"):
            self.order.with_user(self.plain_seller).sudo().action_confirm()
        self.assertFalse(self._reminders())

    def test_gone_when_released(self):
        self._remind()
        self.order.with_user(self.user)._release_rate("changed their mind")
        self.assertFalse(self._reminders())

    def test_gone_when_expired(self):
        self._remind()
        self._run_expiry(self, f"{NEXT} 04:00:00")
        self.assertEqual(self.lock.state, "expired")
        self.assertFalse(self._reminders())

    def test_extended_is_reminded_of_its_new_end(self):
        self._remind()
        with freeze_time(f"{self.near} 05:00:00"):
            self.lock.with_user(self.user)._extend(NEXT + timedelta(days=9))
        self.assertFalse(self._reminders())
        self._run_expiry(self, f"{self.near} 06:00:00")
        self.assertFalse(self._reminders())
        self._run_expiry(self, f"{NEXT + timedelta(days=7)} 04:00:00")
        self.assertEqual(len(self._reminders()), 1)

    def test_no_reminder_for_what_was_ordered(self):
        self.order.action_confirm()
        self._remind()
        self.assertFalse(self._reminders())

    def test_an_owner_who_left(self):
        self.order.user_id = self.plain_seller
        self.user.active = False
        self._remind()
        self.assertEqual(self._reminders().user_id, self.plain_seller)

    def test_an_agreement_is_reminded_of_itself(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.jpy.id,
                "quoted_rate": "0.0478",
                "user_id": self.manager.id,
                "date_end": END,
            }
        )
        agreement.action_activate()
        self._remind()
        self.assertEqual(self._reminders(agreement).user_id, self.manager)
