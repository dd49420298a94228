"""Night by night: what is overdue, what is put off, what somebody is asked."""

from freezegun import freeze_time

from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPaymentPlanNight(PlanCommon):
    def _night(self, days):
        with freeze_time(f"{self._days(days)} 05:00:00"):
            self.env["payment.plan"]._cron_follow()

    def test_what_falls_due_is_overdue_the_day_after(self):
        order = self._ordered((1.0, "date", 0, {"date_expected": self._days(2)}))
        plan = order.payment_plan_ids
        self._night(1)
        self.assertEqual(plan.state, "to_come")
        self._night(2)
        self.assertEqual(plan.state, "due")
        self._night(3)
        self.assertEqual(plan.state, "overdue")

    def test_what_waits_for_its_documents_is_never_late(self):
        order = self._ordered((1.0, "bill_of_lading", 30))
        invoice = self._invoice_rest(order)
        first = invoice.invoice_date_due
        self.assertGreater(first, self.today)
        for days in (3, 10, 30, 60):
            self._night(days)
            self.assertGreater(invoice.invoice_date_due, self._days(days))
        self.assertEqual(order.payment_plan_ids.state, "to_come")
        self._tick(order.payment_plan_ids, self._days(-40))
        self.assertEqual(order.payment_plan_ids.state, "due")
        self.assertEqual(invoice.invoice_date_due, self.today)

    def test_the_day_that_somebody_expects_is_the_invoices(self):
        order = self._ordered((1.0, "arrival", 0, {"date_expected": self._days(20)}))
        invoice = self._invoice_rest(order)
        self.assertEqual(invoice.invoice_date_due, self._days(20))
        order.payment_plan_ids.date_expected = self._days(33)
        self.assertEqual(invoice.invoice_date_due, self._days(33))

    def test_a_day_that_was_missed_is_asked_about_once(self):
        order = self._ordered((1.0, "arrival", 0, {"date_expected": self._days(1)}))
        self._night(1)
        self.assertFalse(order.activity_ids)
        self._night(2)
        self._night(3)
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(order.activity_ids.user_id, self.seller)
        self.assertIn("was expected on", order.activity_ids.note)
        order.payment_plan_ids.date_expected = self._days(30)
        self._night(4)
        self.assertFalse(order.activity_ids)

    def test_a_plan_that_does_not_add_up_is_asked_about(self):
        order = self._ordered()
        order.order_line.price_unit = 1100.0
        self._night(1)
        self.assertIn("no longer adds up", order.activity_ids.note)
        order.action_rescale_plan()
        self.assertFalse(order.activity_ids)

    def test_it_looks_once_a_night(self):
        order = self._ordered()
        self._night(1)
        before = order.plan_followed_on
        order.order_line.price_unit = 1100.0
        self._night(1)
        self.assertEqual(order.plan_followed_on, before)
        self.assertFalse(order.activity_ids)
