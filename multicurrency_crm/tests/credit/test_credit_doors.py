from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.common.customer_present import is_customer_present
from ...models.credit.decisions.checked_listeners import mark_customer
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditDoors(CreditCommon):
    """Methods of modules that needn't be installed."""

    def test_a_till_is_never_stopped(self):
        present = mark_customer(
            lambda records: is_customer_present(records.env), self.env["sale.order"]
        )
        self.assertTrue(present)
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
