from odoo import Command
from odoo.tests import tagged

from ..common import MultiCurrencyCommon


class PricedCommon(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()
        # 10 CNY are 1.40 USD
        cls.service = cls.env["product.product"].create(
            {
                "name": "Freight",
                "type": "service",
                "list_price": 10.0,
                "company_id": cls.company.id,
            }
        )
        cls.customer.preferred_currency_id = cls.usd
        cls.order = cls._create_order()

    def _create_order_under(self, currency):
        self._enable_pricelists()
        return self._create_order(pricelist_id=self._create_pricelist(currency).id)


@tagged("post_install", "-at_install")
class TestDeliveryInOrderCurrency(PricedCommon):
    """A delivery at a fixed price is in the currency of its order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "delivery.carrier" not in cls.env:
            cls.skipTest(cls, "delivery isn't installed")
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "By ship",
                "product_id": cls.service.id,
                "company_id": cls.company.id,
            }
        )

    def _assert_rate(self, order, price):
        rate = self.carrier.rate_shipment(order)
        self.assertTrue(rate["success"], rate["error_message"])
        self.assertAlmostEqual(rate["price"], price, 2)

    def test_without_a_pricelist(self):
        self._assert_rate(self.order, 1.4)

    def test_in_the_companys_currency(self):
        self.customer.preferred_currency_id = False
        self._assert_rate(self._create_order(), 10.0)

    def test_under_a_pricelist(self):
        self._assert_rate(self._create_order_under(self.usd), 1.4)

    def test_whatever_a_pricelist_says(self):
        order = self._create_order_under(self.cny)
        order._switch_currency(self.eur)
        factor = order.currency_rate
        self._assert_rate(order, 10 * factor)

    def test_switched_with_a_delivery(self):
        self.customer.preferred_currency_id = False
        order = self._create_order()
        order.set_delivery_line(self.carrier, 10.0)
        delivery = order.order_line.filtered("is_delivery")
        order._switch_currency(self.usd)
        self.assertAlmostEqual(delivery.price_unit, 1.4, 2)
        self._assert_rate(order, 1.4)
        order._switch_currency(self.cny)
        self.assertAlmostEqual(delivery.price_unit, 10.0, 2)


@tagged("post_install", "-at_install")
class TestInvoicedOnInOrderCurrency(PricedCommon):
    """An expense that is invoiced on at its sales price, too."""

    def _get_price(self, order):
        self.service.expense_policy = "sales_price"
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.service.id, "price_unit": 7.0})
                ],
            }
        )
        return bill.invoice_line_ids._sale_get_invoice_price(order)

    def test_without_a_pricelist(self):
        self.assertAlmostEqual(self._get_price(self.order), 1.4, 2)

    def test_in_the_companys_currency(self):
        self.customer.preferred_currency_id = False
        self.assertAlmostEqual(self._get_price(self._create_order()), 10.0, 2)

    def test_under_a_pricelist(self):
        order = self._create_order_under(self.usd)
        self.assertAlmostEqual(self._get_price(order), 1.4, 2)

    def test_a_forged_context_prices_nothing(self):
        forged = self.env["product.pricelist"].with_context(
            multicurrency_order_currency=[self.usd.id]
        )
        self.assertAlmostEqual(forged._get_product_price(self.service, 1.0), 10.0, 2)
