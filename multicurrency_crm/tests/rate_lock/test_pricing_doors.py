from unittest import SkipTest

from odoo.tests import tagged

from ...models.rate_lock.res_currency import LOCKED_PAIR
from .pricing_common import LOCKED, MARKET, PricingCommon


@tagged("post_install", "-at_install")
class TestDoors(PricingCommon):
    def test_the_context_stays_inside(self):
        """What was priced is handed back in the context that it came in."""
        order = self._create_locked()
        line = self._add_line(order)
        for records in (order, line, line.product_id, line.currency_id):
            self.assertNotIn(LOCKED_PAIR, records.env.context)


@tagged("post_install", "-at_install")
class TestMarginAtTheLock(PricingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "purchase_price" not in cls.env["sale.order.line"]._fields:
            raise SkipTest("sale_margin isn't installed")
        cls.product.with_company(cls.company).standard_price = 600.0

    def test_cost_of_a_line_added_later(self):
        line = self._add_line(self._create_locked())
        self.assertAlmostEqual(line.purchase_price, 600 / LOCKED, 6)
        self.assertAlmostEqual(line.margin, line.price_subtotal - 600 / LOCKED, 2)

    def test_costs_follow_the_rate_prices_dont(self):
        order = self._create_quotation(validity_date=False)
        line, price = order.order_line, order.order_line.price_unit
        typed = line.copy({"order_id": order.id, "purchase_price": 500 / MARKET})
        self.assertAlmostEqual(line.purchase_price, 600 / MARKET, 6)
        self._lock_later(order)
        self.assertAlmostEqual(line.purchase_price, 600 / LOCKED, 6)
        self.assertAlmostEqual(typed.purchase_price, 500 / LOCKED, 6)
        self.assertEqual(line.price_unit, price)
        self.assertAlmostEqual(line.margin, 3 * (price - 600 / LOCKED), 2)
        order.with_user(self.manager)._release_rate("Agreed otherwise.")
        self.assertAlmostEqual(line.purchase_price, 600 / MARKET, 6)
        self.assertAlmostEqual(typed.purchase_price, 500 / MARKET, 6)
