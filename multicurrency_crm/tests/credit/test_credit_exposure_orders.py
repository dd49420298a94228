from odoo import Command
from odoo.tests import tagged

from .credit_common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestExposureOrders(CreditCommon):
    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    # === ORDERS === #

    def test_an_order_and_its_deposit(self):
        """Core counts a posted deposit twice: order 1,000 and 300 invoiced."""
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 1000.0})
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        deposit = wizard._create_invoices(order)
        parts = self._parts(self.buyer)
        self.assertEqual(parts, {"undelivered": 700.0, "draft": 300.0})
        deposit.action_post()
        self.assertEqual(
            self._parts(self.buyer), {"undelivered": 700.0, "not_due": 300.0}
        )
        final = order._create_invoices(final=True)
        self.assertEqual(self._parts(self.buyer), {"not_due": 300.0, "draft": 700.0})
        final.action_post()
        self.assertEqual(self._total(self.buyer), 1000.0)
        self._pay(deposit | final)
        self.assertEqual(self._total(self.buyer), 0.0)

    def test_delivery_policy(self):
        """What isn't delivered counts, too; what was, apart from it."""
        self.product.invoice_policy = "delivery"
        order = self._order_of(self.buyer, 100.0, quantity=10)
        order.action_confirm()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 1000.0})
        order.order_line.qty_delivered = 4
        self.assertEqual(
            self._parts(self.buyer), {"delivered": 400.0, "undelivered": 600.0}
        )
        order._create_invoices().action_post()
        self.assertEqual(
            self._parts(self.buyer), {"not_due": 400.0, "undelivered": 600.0}
        )
        order.order_line.qty_delivered = 12
        self.assertEqual(self._parts(self.buyer)["delivered"], 800.0)

    def test_delivered_beyond_the_order(self):
        """Ten ordered and invoiced, twelve sent: two are still to be invoiced."""
        order = self._order_of(self.buyer, 100.0, quantity=10)
        order.action_confirm()
        order._create_invoices().action_post()
        order.order_line.qty_delivered = 12
        self.assertEqual(order.invoice_status, "upselling")
        self.assertEqual(
            self._parts(self.buyer), {"not_due": 1000.0, "delivered": 200.0}
        )

    def test_invoiced_in_another_currency(self):
        """Half of 140 dollars, for 500 renminbi: 70 dollars are to come."""
        order = self._order_of(self.buyer, 14.0, self.usd, quantity=10)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.currency_id = self.cny
        invoice.invoice_line_ids.write({"quantity": 5, "price_unit": 100.0})
        sums = {self.usd.id: 70.0, self.cny.id: 500.0}
        for post in (False, True):
            if post:
                invoice.action_post()
            by_currency = self._exposure(self.buyer).by_currency()
            for currency_id, amount in sums.items():
                self.assertAlmostEqual(float(by_currency[currency_id]), amount)
            self.assertEqual(self._total(self.buyer), 1000.0)

    def test_a_discount_line_lowers_an_order(self):
        order = self._order_of(self.buyer, 1000.0)
        order.order_line = [
            Command.create(
                {"product_id": self.product.id, "price_unit": -100.0, "tax_ids": []}
            )
        ]
        order.action_confirm()
        self.assertEqual(self._total(self.buyer), 900.0)

    def test_delivered_without_an_order(self):
        """An expense has no ordered quantity: taxes are Odoo's."""
        tax = self.env["account.tax"].create(
            {"name": "10 %", "amount": 10.0, "company_id": self.company.id}
        )
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        order.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": 50.0,
                    "product_uom_qty": 0,
                    "qty_delivered": 2,
                    "tax_ids": [Command.set(tax.ids)],
                }
            )
        ]
        self.assertEqual(self._total(self.buyer), 1110.0)

    def test_at_its_lock(self):
        """7,000 at 0.14; locked at 0.1 it is 9,800, and in dollars always 980."""
        order = self._order_of(self.buyer, 980.0, self.usd)
        order.action_lock_rate()
        order.action_confirm()
        self.assertEqual(self._total(self.buyer), 7000.0)
        self.policy.rate_basis = "spot"
        self._set_rate(self.usd, TODAY, 0.2)
        self.assertEqual(self._total(self.buyer), 7000.0)
        self.assertEqual(self._total(self.buyer, self.usd), 980.0)

    def test_switches(self):
        order = self._order_of(self.buyer, 1000.0)
        order.action_quotation_sent()
        self._invoice(self.buyer, 500.0, post=False)
        self.assertEqual(self._total(self.buyer), 0.0)
        self.policy.count_sent = True
        self.assertEqual(self._total(self.buyer), 1000.0)
        self.policy.count_drafts = True
        self.assertEqual(self._total(self.buyer), 1500.0)
        bill = self._invoice(self.buyer, 300.0, move_type="in_invoice")
        self.assertTrue(bill)
        self.assertEqual(self._total(self.buyer), 1500.0)
        self.policy.count_vendor_bills = True
        self.assertEqual(self._total(self.buyer), 1200.0)
