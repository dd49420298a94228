"""Goods that leave a warehouse make instalments due, where there is one."""

from unittest import SkipTest

from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPaymentPlanStock(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "delivery_status" not in cls.env["sale.order"]._fields:
            raise SkipTest("sale_stock isn't installed")
        cls.product.type = "consu"

    def _ship(self, order, quantity):
        picking = order.picking_ids.filtered(lambda one: one.state != "done")
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()

    def test_the_first_shipment_counts(self):
        order = self._ordered((0.3, "order", 0), (0.7, "shipment", 30))
        plan = order.payment_plan_ids[1]
        self.assertFalse(plan.fired_on)
        self._ship(order, 4)
        self.assertEqual((plan.fired_on, plan.date_due), (self.today, self._days(30)))
        self.assertEqual(plan.state, "due")
        self._ship(order, 6)
        self.assertEqual(plan.fired_on, self.today)

    def test_invoices_follow_the_shipment(self):
        order = self._ordered((1.0, "shipment", 30))
        invoice = self._invoice_rest(order)
        self._ship(order, 10)
        self.assertEqual(invoice.invoice_date_due, self._days(30))

    def test_goods_that_come_in_ship_nothing(self):
        order = self._ordered((1.0, "shipment", 30))
        self.assertFalse(order.payment_plan_ids.fired_on)
        order.picking_ids.action_cancel()
        self.assertFalse(order.payment_plan_ids.fired_on)
