from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.common.customer_present import is_customer_present
from ...models.credit.credit_doors import DOORS, CustomerDoor
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditDoors(CreditCommon):
    """Methods of modules that needn't be installed."""

    def test_every_method_that_exists_is_led(self):
        for door in DOORS:
            model_class = self.env.registry.get(door.model)
            if model_class and hasattr(model_class, door.name):
                self.assertTrue(door.is_led_through(model_class), door.name)

    def test_a_till_is_never_stopped(self):
        present = CustomerDoor("pos.order", "sync_from_ui").lead(
            lambda records: is_customer_present(records.env)
        )
        self.assertTrue(present(self.env["sale.order"]))
        self.assertFalse(is_customer_present(self.env))

    def test_goods_are_checked_before_they_leave(self):
        """Where ``sale_stock`` is installed: with the pickings of a real warehouse."""
        if "sale_id" not in getattr(self.env.get("stock.picking"), "_fields", ()):
            self.skipTest("No warehouse is installed.")
        buyer = self._customer()
        self._limit(buyer, 100.0)
        self.product.type = "consu"
        order = self._order_of(buyer, 90.0)
        order.action_confirm()
        self.assertEqual(order.credit_check_state, "ok")
        self._invoice(buyer, 50.0)
        order.invalidate_recordset()
        self.assertEqual(order.credit_check_state, "review")
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.picking_ids.button_validate()
        order.action_request_credit_review()
        order.credit_review_ids.sudo().action_approve()
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "done")
