from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RateLockCommon


@tagged("post_install", "-at_install")
class TestMargin(RateLockCommon):
    def _margin(self, basis_points, days=0, currency=None):
        return self.env["fx.rate.margin"].create(
            {
                "company_id": self.company.id,
                "currency_id": currency and currency.id,
                "days": days,
                "basis_points": basis_points,
            }
        )

    def test_spot_moves_in_our_favour(self):
        self._margin(100)
        order = self._create_quotation()
        lock = self._lock(order)
        spot = 1 / 7.1234
        self.assertAlmostEqual(lock.rate, spot / (1 - 100 / 10_000), 14)
        self.assertEqual(lock.quoted_rate, "7.052166")
        self.assertEqual(lock.margin_bp, 100)
        self.assertAlmostEqual(lock.market_rate, spot, 14)

    def test_the_nearest_margin_wins(self):
        self._margin(10)
        self._margin(20, currency=self.usd)
        self._margin(30, days=30, currency=self.usd)
        self._margin(40, days=20, currency=self.usd)
        find = self.env["fx.rate.margin"]._find_margin
        self.assertEqual(find(self.company, self.usd, 14), 40)
        self.assertEqual(find(self.company, self.usd, 21), 30)
        self.assertEqual(find(self.company, self.usd, 31), 20)
        self.assertEqual(find(self.company, self.jpy, 14), 10)
        self.assertEqual(find(self.other_company, self.usd, 14), 0)

    def test_a_typed_rate_within_the_tolerance(self):
        order = self._create_quotation()
        order._lock_rate(quoted=("7.2", "company_per_unit"))
        self.assertAlmostEqual(order.locked_rate, 1 / 7.2, 15)
        self.assertEqual(order.rate_lock_id.quoted_rate, "7.2")
        self.assertFalse(order.rate_lock_id.margin_bp)

    def test_a_typed_rate_beyond_it_waits(self):
        order = self._create_quotation(user_id=self.user.id).with_user(self.user)
        wizard = Form(
            self.env["sale.order.lock.rate"]
            .with_user(self.user)
            .with_context(default_order_id=order.id)
        )
        wizard.rate_choice = "typed"
        wizard.quoted_rate = "8.1234"
        self.assertTrue(wizard.needs_approval)
        wizard.save().action_lock()
        self.assertFalse(order.rate_locked)
        approval = self.env["fx.rate.approval"].search([("order_id", "=", order.id)])
        self.assertEqual(approval.lock_id.state, "draft")
        with self.assertRaises(UserError):
            approval.with_user(self.user).action_approve()
        approval.with_user(self.manager).action_approve()
        self.assertAlmostEqual(order.locked_rate, 1 / 8.1234, 15)
        self.assertEqual(order.rate_lock_id.state, "active")

    def test_nonsense_is_refused(self):
        order = self._create_quotation()
        for text in ("abc", "0", "-7", "NaN"):
            with self.assertRaisesRegex(UserError, "can't be locked"):
                order._lock_rate(quoted=(text, "company_per_unit"))
