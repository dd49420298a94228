from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.common.stopped import Stopped
from .credit_common import CreditModuleCommon


@tagged("post_install", "-at_install")
class TestCreditWarehouse(CreditModuleCommon):
    """``sale_stock``: whatever validates a delivery, and whoever does."""

    needed = ("stock.picking", "sale_id")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.type = "consu"
        cls.decider.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
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
        """The good one leaves, the other is named, and says so itself."""
        other = self._order_of(self._customer("Other"), 10.0)
        other.action_confirm()
        order = self._ordered()
        self._exceed()
        kept, free = order.picking_ids, other.picking_ids
        answer = self._validate(kept | free)
        self.assertEqual(free.state, "done")
        self.assertNotEqual(kept.state, "done")
        self.assertIn(kept.name, answer["params"]["message"])
        self.assertNotIn(free.name, answer["params"]["message"])
        self.assertIn("over the limit", kept.message_ids[0].body)
        self.assertNotRegex(kept.message_ids[0].body, r"\d,\d")

    def test_several_of_which_none_may_leave(self):
        orders = self._ordered() | self._ordered()
        self._exceed()
        self.assertStopped(orders.picking_ids)

    def test_a_batch_of_which_one_may_not_leave(self):
        """It stays, out of the batch; the batch is done with the others."""
        if "stock.picking.batch" not in self.env:
            self.skipTest("No batches are installed.")
        other = self._order_of(self._customer("Other"), 10.0)
        other.action_confirm()
        order = self._ordered()
        kept, free = order.picking_ids, other.picking_ids
        batch = self.env["stock.picking.batch"].create(
            {
                "company_id": self.company.id,
                "picking_ids": [Command.set((kept | free).ids)],
            }
        )
        batch.action_confirm()
        self._exceed()
        (kept | free).move_ids.picked = True

        batch.with_user(self.worker).action_done()

        self.assertEqual(free.state, "done")
        self.assertNotEqual(kept.state, "done")
        self.assertEqual(batch.state, "done")
        self.assertNotEqual(kept.batch_id, batch)

    def _stop(self, pickings, user=None):
        with self.assertRaises(Stopped) as stopped, self.cr.savepoint():
            self._validate(pickings, user)
        return stopped.exception

    def _take(self, stop, method, user=None):
        """What the dialog's button does."""
        [offer] = [o for o in stop.context["offers"] if o["method"] == method]
        model = self.env[offer["model"]].with_user(user or self.worker)
        return getattr(model, offer["method"])(*offer["args"])

    def test_odoo_190320_one_transfer_that_holds_two_orders(self):
        """It is split on the spot: what may leave leaves."""
        other = self._order_of(self._customer("Other"), 10.0)
        other.action_confirm()
        order = self._ordered()
        both = other.picking_ids
        order.picking_ids.move_ids.picking_id = both
        self._exceed()
        stop = self._stop(both)
        answer = self._take(stop, "split_credit_stopped")
        kept = order.order_line.move_ids.picking_id
        self.assertNotEqual(kept, both)
        self.assertEqual(both.move_ids.sale_line_id.order_id, other)
        self.assertIn(kept.name, answer["params"]["message"])
        self._validate(both)
        self.assertEqual(both.state, "done")
        self.assertStopped(kept)

    def test_one_order_in_one_transfer_is_not_split(self):
        order = self._ordered()
        self._exceed()
        stop = self._stop(order.picking_ids)
        self.assertEqual(
            [offer["method"] for offer in stop.context["offers"]],
            ["request_credit_to_deliver"],
        )
        with self.assertRaises(UserError):
            self.env["sale.order"].with_user(self.worker).split_credit_stopped(
                order.picking_ids.ids
            )

    def test_the_stop_speaks_of_goods_and_asks_for_the_approval(self):
        order = self._ordered()
        self._exceed()
        stop = self._stop(order.picking_ids)
        self.assertIn("deliver once the customer has paid", str(stop))
        self.assertNotIn("quotation", str(stop))
        self._take(stop, "request_credit_to_deliver")
        review = order.credit_review_ids
        self.assertRecordValues(
            review,
            [
                {
                    "state": "requested",
                    "checkpoint": "deliver",
                    "requested_by": self.worker.id,
                }
            ],
        )
        review.with_user(self.decider).action_approve()
        self._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_only_who_may_move_the_goods_asks(self):
        order = self._ordered()
        self._exceed()
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        for method in ("request_credit_to_deliver", "split_credit_stopped"):
            with self.assertRaises(AccessError):
                getattr(self.env["sale.order"].with_user(stranger), method)(
                    order.picking_ids.ids
                )

    def test_erpnext_49271_more_leaves_than_was_ordered(self):
        """Ordered 300 of a limit of 1,000; 4 instead of 1 would be 1,200."""
        order = self._ordered()
        picking = order.picking_ids
        picking.move_ids.quantity = 4
        stop = self._stop(picking)
        self.assertIn("over the limit", str(stop))
        # the approval is for what leaves, not for what was ordered
        self._take(stop, "request_credit_to_deliver")
        self.assertEqual(order.credit_review_ids.approved_amount, 1200.0)
        picking.move_ids.quantity = 3
        self._validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(self._total(self.buyer), 900.0)

    def test_an_approval_of_what_was_ordered_covers_no_more(self):
        order = self._ordered()
        self._exceed()
        order.invalidate_recordset()
        order.action_request_credit_review()
        order.credit_review_ids.with_user(self.decider).action_approve()
        order.picking_ids.move_ids.quantity = 2
        self._stop(order.picking_ids)
        order.picking_ids.move_ids.quantity = 1
        self._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_more_is_written_to_goods_that_are_gone(self):
        """1 left; 5 are typed into the transfer that is done: 1,500."""
        order = self._ordered()
        picking = order.picking_ids
        self._validate(picking)
        picking.is_locked = False
        move = picking.move_ids.with_user(self.worker)
        with self.assertRaisesRegex(UserError, "over the limit"), self.cr.savepoint():
            move.move_line_ids.write({"quantity": 5})
            self.env.flush_all()
        with self.assertRaisesRegex(UserError, "over the limit"), self.cr.savepoint():
            move.quantity = 5
            self.env.flush_all()
        move.move_line_ids.write({"quantity": 2})
        self.assertEqual(self._total(self.buyer), 600.0)

    def test_goods_beside_the_order(self):
        """A product that nobody ordered is put into the transfer: at its price it is
        weighed before it leaves for good."""
        order = self._ordered()
        extra = self.env["product.product"].create(
            {
                "name": "Extra",
                "type": "consu",
                "list_price": 900.0,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
        )
        picking = order.picking_ids
        picking.move_ids = [
            Command.create(
                {
                    "product_id": extra.id,
                    "product_uom_qty": 1,
                    "quantity": 1,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        ]
        # Odoo lets those add to an order who sell, too
        self.worker.group_ids += self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaisesRegex(UserError, "over the limit"), self.cr.savepoint():
            self._validate(picking)
        self.assertNotEqual(picking.state, "done")
        extra.list_price = 9.0
        self._validate(picking)
        self.assertEqual(picking.state, "done")
        added = order.order_line[-1]
        self.assertEqual((added.product_id, added.qty_delivered), (extra, 1))
        self.assertAlmostEqual(self._total(self.buyer), 300.0 + added.price_unit, 2)

    def test_what_leaves_opens_a_closed_rest(self):
        """Closed, since nothing more was to come; then it leaves after all."""
        order = self._ordered(user_id=self.seller.id)
        order.with_user(self.decider)._close_credit_rest("They want no more")
        self.assertEqual(self._total(self.buyer), 0.0)
        self._validate(order.picking_ids)
        self.assertFalse(order.credit_closed_amount)
        self.assertEqual(self._total(self.buyer), 300.0)

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
