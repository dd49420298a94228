"""Nothing is locked without a fresh rate, and what is locked needs no other."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestFreshRate(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency.rate"].search([("name", ">", TODAY)]).unlink()
        cls.company.rate_max_age = 5

    def test_no_lock_at_an_old_rate_whatever_the_policy(self):
        order = self._create_quotation(price=10.0)
        with freeze_time(f"{TODAY + timedelta(10)} 04:00:00"):
            order.date_order = TODAY + timedelta(10)
            order.validity_date = TODAY + timedelta(20)
            for policy in ("off", "warn", "stop"):
                self.company.missing_rate_policy = policy
                for attempt in (order.action_lock_rate, order.action_open_lock_rate):
                    with self.assertRaisesRegex(
                        UserError, f"{order.name} can't be locked.*6 working days old"
                    ):
                        attempt()
            self.assertFalse(order.rate_locked)
            self.company.rate_max_age = 6
            order.action_lock_rate()
            self.assertTrue(order.rate_locked)

    def test_a_locked_order_needs_no_other_rate(self):
        self.company.missing_rate_policy = "stop"
        order = self._create_quotation(price=10.0)
        self._lock(order)
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id)]
        ).unlink()
        self.assertFalse(order.missing_rate_warning)
        order.action_quotation_send()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        other = self._create_quotation(price=10.0)
        with self.assertRaisesRegex(UserError, "no rate of USD"):
            other.action_confirm()

    def test_the_books_at_the_market_need_one(self):
        """A lock that the books don't follow doesn't make 1.0 a rate."""
        self.company.missing_rate_policy = "stop"
        invoices = []
        for booking in ("locked", "market"):
            self.company.lock_booking = booking
            order = self._create_quotation(price=10.0)
            self._lock(order)
            order.action_confirm()
            invoices.append(order._create_invoices())
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id)]
        ).unlink()
        at_lock, at_market = invoices
        self.assertFalse(at_lock.missing_rate_warning)
        at_lock.action_post()
        self.assertAlmostEqual(at_lock.amount_total_signed, 213.70)
        (at_market | at_lock).invoice_line_ids.invalidate_recordset()
        at_market.invoice_date = TODAY  # core asks the market again
        self.assertIn("no rate of USD", at_market.missing_rate_warning)
        with self.assertRaisesRegex(UserError, "no rate of USD"):
            at_market.action_post()
        refund = at_lock._reverse_moves()
        refund.action_post()
        self.assertEqual(refund.state, "posted")
