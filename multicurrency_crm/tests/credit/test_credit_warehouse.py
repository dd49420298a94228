from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .credit_common import CreditModuleCommon


@tagged("post_install", "-at_install")
class TestCreditWarehouse(CreditModuleCommon):
    """``sale_stock``: whatever validates a delivery, and whoever does."""

    needed = ("stock.picking", "sale_id")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.type = "consu"
        cls.worker = new_test_user(
            cls.env,
            "credit_worker",
            groups="stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _ordered(self, amount=300.0, **values):
        order = self._order_of(self.buyer, amount, **values)
        order.action_confirm()
        return order

    def _exceed(self):
        self._invoice(self.buyer, 5000.0)

    def _validate(self, pickings, user=None):
        pickings = pickings.with_user(user or self.worker)
        pickings.move_ids.picked = True
        return pickings.button_validate()

    def assertStopped(self, pickings, user=None):
        with self.assertRaises(UserError) as stopped:
            self._validate(pickings, user)
        self.assertIn("over the limit", str(stopped.exception))
        self.assertNotIn("done", pickings.mapped("state"))

    def test_a_worker_without_a_right_to_orders(self):
        fine, late = self._ordered(), self._ordered()
        self._validate(fine.picking_ids)
        self.assertEqual(fine.picking_ids.state, "done")
        self._exceed()
        self.assertStopped(late.picking_ids)

    def test_15_2_3_a_state_that_is_typed(self):
        """A stock user says of the goods that they are gone."""
        order = self._ordered()
        self._exceed()
        moves = order.picking_ids.move_ids.with_user(self.worker)
        with self.assertRaisesRegex(UserError, "over the limit"), self.cr.savepoint():
            moves.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "over the limit"), self.cr.savepoint():
            order.picking_ids.with_user(self.worker).write(
                {"move_ids": [Command.update(moves[:1].id, {"state": "done"})]}
            )
        self.assertNotIn("done", moves.mapped("state"))

    def test_several_at_once(self):
        """All or nothing, as Odoo validates them."""
        other = self._order_of(self._customer("Other"), 10.0)
        other.action_confirm()
        order = self._ordered()
        self._exceed()
        self.assertStopped(order.picking_ids | other.picking_ids)
        self._validate(other.picking_ids)
        self.assertEqual(other.picking_ids.state, "done")

    def test_goods_of_two_orders_leave_together(self):
        """The second order's customer is the one who is over the limit."""
        other = self._order_of(self._customer("Other"), 10.0)
        other.action_confirm()
        order = self._ordered()
        order.picking_ids.move_ids.picking_id = other.picking_ids
        self._exceed()
        self.assertStopped(other.picking_ids)

    def test_the_rest_of_a_delivery(self):
        order = self._ordered(100.0, quantity=3)
        first = order.picking_ids
        first.move_ids.write({"quantity": 1, "picked": True})
        first.with_context(skip_backorder=True).button_validate()
        self.assertEqual(first.state, "done")
        rest = order.picking_ids - first
        self._exceed()
        self.assertStopped(rest)
        order.invalidate_recordset()
        self.assertEqual(order.credit_check_state, "review")
        order.action_request_credit_review()
        order.credit_review_ids.with_user(self.decider).action_approve()
        self._validate(rest)
        self.assertEqual(rest.state, "done")

    def test_without_an_order_and_on_the_way_in(self):
        order = self._ordered()
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        customers = order.picking_ids.location_dest_id
        self._exceed()
        for kind, source, target in (
            (warehouse.out_type_id, warehouse.lot_stock_id, customers),
            (warehouse.in_type_id, customers, warehouse.lot_stock_id),
        ):
            picking = self.env["stock.picking"].create(
                {
                    "partner_id": self.buyer.id,
                    "picking_type_id": kind.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 1,
                                "quantity": 1,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                            }
                        )
                    ],
                }
            )
            self._validate(picking)
            self.assertEqual(picking.state, "done")

    def test_straight_from_the_supplier(self):
        """What is shipped by others leaves, too: by where it goes."""
        order = self._ordered()
        kind = order.picking_ids.picking_type_id
        if "dropship" not in dict(kind._fields["code"].selection):
            self.skipTest("Nothing is shipped by suppliers.")
        suppliers = self.env.ref("stock.stock_location_suppliers")
        own = self.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", self.company.id)], limit=1
        )
        order.picking_ids.write({"picking_type_id": own.id})
        order.picking_ids.location_id = suppliers
        self._exceed()
        self.assertStopped(order.picking_ids)

    def test_in_a_batch(self):
        if "stock.picking.batch" not in self.env:
            self.skipTest("No batches are installed.")
        orders = self._ordered() | self._ordered()
        pickings = orders.picking_ids
        batch = self.env["stock.picking.batch"].create(
            {"company_id": self.company.id, "picking_ids": [Command.set(pickings.ids)]}
        )
        batch.action_confirm()
        self._exceed()
        pickings.move_ids.picked = True
        with self.assertRaises(UserError):
            batch.action_done()
        self.assertNotIn("done", pickings.mapped("state"))

    def test_off_and_warn_let_goods_leave(self):
        checks = self.policy.check_ids.filtered(lambda c: c.reason == "over_limit")
        for strength in ("off", "warn"):
            checks.deliver_strength = strength
            order = self._order_of(self._customer(strength), 10.0)
            self._limit(order.partner_id, 10.0)
            order.action_confirm()
            self._invoice(order.partner_id, 500.0)
            order.invalidate_recordset()
            shown = {"off": "ok", "warn": "warning"}[strength]
            self.assertEqual(order.credit_check_state, shown)
            self._validate(order.picking_ids)
            self.assertEqual(order.picking_ids.state, "done")

    def test_passed_by_right_leaves_a_log(self):
        self.worker.group_ids += self.env.ref("multicurrency_crm.group_credit_bypass")
        order = self._ordered()
        self._exceed()
        self._validate(order.picking_ids)
        review = order.credit_review_ids
        self.assertEqual(
            (review.is_bypass, review.checkpoint, review.decided_by),
            (True, "deliver", self.worker),
        )

    def test_paid_in_full_it_leaves(self):
        """Whatever else the customer owes: this order was paid."""
        order = self._order_of(self.buyer, 300.0)
        self._transaction(order, 300.0, "done")
        order.action_confirm()
        self._exceed()
        order.invalidate_recordset()
        self.assertEqual(order.credit_check_state, "ok")
        self._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")
