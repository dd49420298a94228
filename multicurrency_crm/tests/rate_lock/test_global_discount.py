"""A global discount in percent is one of the prices that the order has."""

from odoo.tests import tagged

from .common import RateLockCommon


@tagged("post_install", "-at_install")
class TestGlobalDiscount(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 712.34 CNY: 100 USD at the market's rate
        cls.product.list_price = 712.34
        cls.order = cls._create_quotation()
        cls.line = cls.order.order_line

    def _discount(self, **values):
        wizard = self.env["sale.order.discount"].create(
            {"sale_order_id": self.order.id, **values}
        )
        wizard.action_apply_discount()
        return self.order.order_line - self.line

    def _total(self):
        return self.order.amount_untaxed, self.order.currency_id.name

    def test_it_follows_a_locked_rate(self):
        self._discount(discount_type="so_discount", discount_percentage=0.1)
        self.assertEqual(self._total(), (270.0, "USD"))
        # 6.4 CNY for a dollar: what costs 712.34 CNY is sold for 111.30 USD
        self.manager.write({"company_id": self.company.id})
        lock = self.order.with_user(self.manager)._lock_rate(
            reprice=True, quoted=("6.8", "company_per_unit")
        )
        self.assertEqual(lock.state, "active")
        goods = self.line.price_subtotal
        self.assertGreater(goods, 300.0)
        self.assertAlmostEqual(self.order.amount_untaxed, goods * 0.9, 2)
        self.assertEqual(len(self.order.order_line), 2)

    def test_it_follows_a_switch_and_comes_back(self):
        self._discount(discount_type="so_discount", discount_percentage=0.1)
        self.line.price_unit = 33.33
        self.order._switch_currency(self.jpy)
        goods = self.line.price_subtotal
        self.assertEqual(self.order.amount_untaxed, goods - round(goods / 10))
        self.order._switch_currency(self.usd)
        self.assertEqual(self.line.price_unit, 33.33)
        self.assertEqual(self.order.amount_untaxed, 89.99)

    def test_two_of_them_are_given_in_their_order(self):
        self._discount(discount_type="so_discount", discount_percentage=0.1)
        self._discount(discount_type="so_discount", discount_percentage=0.2)
        before = self.order.amount_untaxed
        self.assertEqual(before, 216.0)
        self.line.price_unit = 200.0
        self.order._lock_rate(reprice=True)
        self.assertEqual(self.order.amount_untaxed, 432.0)

    def test_a_fixed_amount_stays_and_is_named(self):
        self._discount(discount_type="amount", discount_amount=30.0)
        self.line.price_unit = 200.0
        self.order._lock_rate(reprice=True)
        self.assertEqual(self._total(), (570.0, "USD"))
        self.assertIn("stays -30.00 USD", self._list_notes())

    def test_one_that_somebody_changed_stays_and_is_named(self):
        discount = self._discount(discount_type="so_discount", discount_percentage=0.1)
        discount.price_unit = -25.0
        self.line.price_unit = 200.0
        self.order._lock_rate(reprice=True)
        self.assertEqual(self._total(), (575.0, "USD"))
        self.assertIn("stays -25.00 USD", self._list_notes())

    def test_prices_that_are_kept_keep_it(self):
        discount = self._discount(discount_type="so_discount", discount_percentage=0.1)
        self.order._lock_rate()
        self.assertTrue(discount.exists())
        self.assertEqual(self._total(), (270.0, "USD"))
        self.assertNotIn("stays", self._list_notes())

    def _list_notes(self):
        return "".join(self.order.message_ids.mapped("body"))
