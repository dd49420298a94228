"""Deposits and invoices of nothing: neither billed nor paid in full."""

from odoo import Command
from odoo.tests import tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestMilestonesOfDeposits(LifecycleCommon):
    def _ask_deposit(self, order, percent, days):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": percent,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        known = order.invoice_ids
        wizard.create_invoices()
        deposit = order.invoice_ids - known
        deposit.invoice_date = self._days_ago(days)
        deposit.action_post()
        return deposit

    def _bill(self, order, days):
        goods = order.order_line.filtered(
            lambda line: not line.is_downpayment and not line.display_type
        )
        goods.qty_delivered = 2
        final = order._create_invoices(final=True)
        final.invoice_date = self._days_ago(days)
        final.action_post()
        return final

    def _find_moves(self):
        return [
            (kind, ago)
            for kind, ago, _name in self._list()
            if kind in ("shipment", "deposit", "invoice", "paid")
        ]

    def test_a_deposit_is_a_payment(self):
        order = self._order(30)
        deposit = self._ask_deposit(order, 30, 25)
        self._follow()
        self.assertEqual(self._find_moves(), [("deposit", 25)])
        self.assertEqual(self._get_life().stage, "ordered")
        self._pay(deposit, 24)
        self._follow()
        self.assertEqual(self._get_life().stage, "ordered")
        self.assertIn("payment", self._kinds())
        final = self._bill(order, 0)
        self._follow()
        found = [("deposit", 25), ("shipment", 0), ("invoice", 0)]
        self.assertEqual(self._find_moves(), found)
        self.assertEqual(self._get_life().stage, "invoiced")
        self._pay(final, 0)
        self._follow()
        self.assertEqual(self._find_moves(), [*found, ("paid", 0)])
        self.assertEqual(self._get_life().stage, "paid")

    def test_it_says_nothing_of_the_day_of_delivery(self):
        order = self._order(30)
        self._ask_deposit(order, 30, 25)
        self._bill(order, 10)
        self._follow()
        self.assertIn(("shipment", 10), self._find_moves())

    def test_paid_in_full_when_its_deposit_is_paid_too(self):
        for percent in (40, 100):
            order = self._order(30)
            deposit = self._ask_deposit(order, percent, 25)
            final = self._bill(order, 20)
            if percent < 100:
                self._pay(final, 15)
            else:
                self.assertEqual(final.amount_total, 0)
            self._follow()
            found = [row for row in self._list() if row[2] == final.name]
            self.assertEqual([kind for kind, _ago, _name in found], ["invoice"])
            self._pay(deposit, 9)
            self._follow()
            self.assertIn(("paid", 9, final.name), self._list())

    def test_an_invoice_of_nothing_proves_nothing(self):
        order = self._order(9)
        order.order_line.price_unit = 0
        self.assertEqual(self._invoice(order, 8).payment_state, "paid")
        self._follow()
        self.assertEqual(self._find_moves(), [])
        self.assertEqual(self._get_life().stage, "ordered")
