"""Costs of a quotation that is switched to another currency (sale_margin)."""

from unittest import SkipTest

from odoo.tests import tagged

from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestTypedCosts(MultiCurrencyCommon):
    """40 EUR that a supplier asks are 44.80 USD at 0.125 and 0.14 to the yuan; the
    product's own cost is 600 yuan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "purchase_price" not in cls.env["sale.order.line"]._fields:
            raise SkipTest("sale_margin isn't installed")
        cls._disable_pricelists()
        cls.product.with_company(cls.company).standard_price = 600.0
        cls.customer.preferred_currency_id = cls.eur

    def setUp(self):
        super().setUp()
        self.order = self._create_order(lines=2)
        self.typed, self.computed = self.order.order_line
        self.typed.purchase_price = 40.0

    def _assert_costs(self, typed, computed):
        self.assertAlmostEqual(self.typed.purchase_price, typed, 6)
        self.assertAlmostEqual(self.computed.purchase_price, computed, 2)
        for line in self.order.order_line:
            cost = line.purchase_price * line.product_uom_qty
            self.assertAlmostEqual(line.margin, line.price_subtotal - cost, 2)

    def test_converted_once_at_the_rate_of_the_switch(self):
        self._assert_costs(40.0, 600 * 0.125)
        self.order._switch_currency(self.usd)
        self._assert_costs(44.80, 600 * 0.14)

    def test_there_and_back(self):
        for currency in (self.jpy, self.kwd, self.usd, self.eur):
            self.order._switch_currency(currency)
        self._assert_costs(40.0, 600 * 0.125)

    def test_a_cost_typed_after_the_switch_counts(self):
        self.order._switch_currency(self.usd)
        self.typed.purchase_price = 56.0
        self.order._switch_currency(self.eur)
        self._assert_costs(50.0, 600 * 0.125)

    def test_a_cost_of_nothing_that_was_typed(self):
        self.typed.purchase_price = 0.0
        self.order._switch_currency(self.usd)
        self._assert_costs(0.0, 600 * 0.14)

    def test_computed_costs_stay_odoo_s(self):
        self.order._switch_currency(self.usd)
        self.product.with_company(self.company).standard_price = 700.0
        self.computed.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertAlmostEqual(self.computed.purchase_price, 12 * 700 * 0.14, 2)

    def test_the_margins_of_a_salesperson(self):
        seller = self._create_salesperson("cost_seller")
        self.order.user_id = seller
        self.order.with_user(seller)._switch_currency(self.usd)
        self._assert_costs(44.80, 600 * 0.14)
