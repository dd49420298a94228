from unittest import SkipTest

from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestExposureStock(CreditCommon):
    """Goods that leave a warehouse, where there is one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "delivery_status" not in cls.env["sale.order"]._fields:
            raise SkipTest("sale_stock isn't installed")
        cls.product.write({"type": "consu", "invoice_policy": "delivery"})
        cls.buyer = cls._customer()

    def _ship(self, order, quantity):
        """:return: the transfer of the rest"""
        picking = order.picking_ids
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        return order.picking_ids - picking

    def test_nothing_once_no_more_is_sent(self):
        """Ten ordered, four sent, the rest called off."""
        order = self._order_of(self.buyer, 100.0, quantity=10)
        order.action_confirm()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 1000.0})
        rest = self._ship(order, 4)
        parts = self._parts(self.buyer)
        self.assertEqual(parts, {"delivered": 400.0, "undelivered": 600.0})
        rest.action_cancel()
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(self._parts(self.buyer), {"delivered": 400.0})
        order._create_invoices().action_post()
        self.assertEqual(self._parts(self.buyer), {"not_due": 400.0})

    def test_what_is_invoiced_as_ordered_is_still_to_come(self):
        self.product.invoice_policy = "order"
        order = self._order_of(self.buyer, 100.0, quantity=10)
        order.action_confirm()
        self._ship(order, 4).action_cancel()
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(
            self._parts(self.buyer), {"delivered": 400.0, "undelivered": 600.0}
        )
