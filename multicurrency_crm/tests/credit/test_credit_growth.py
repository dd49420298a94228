from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.common.customer_present import mark_customer_present
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditGrowth(CreditCommon):
    """What comes on top of a confirmed order is a purchase, too."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()
        self._limit(self.buyer, 1000.0)
        self.order = self._order_of(self.buyer, 600.0, user_id=self.seller.id)
        self.order.action_confirm()

    def _line(self, amount, **values):
        return {
            "product_id": self.product.id,
            "price_unit": amount,
            "tax_ids": [],
            **values,
        }

    def test_it_may_grow_up_to_the_limit(self):
        self.order.order_line.price_unit = 900.0
        self.order.order_line = [Command.create(self._line(100.0))]
        self.assertEqual(self.order.amount_total, 1000.0)
        self.assertEqual(self.order.credit_check_state, "ok")

    def test_whatever_makes_it_grow(self):
        order = self.order.with_user(self.seller)
        line = order.order_line
        for grow in (
            lambda: line.write({"product_uom_qty": 2}),
            lambda: line.write({"price_unit": 1000.01}),
            lambda: order.write({"order_line": [Command.create(self._line(400.01))]}),
            lambda: line.create(self._line(400.01, order_id=order.id)),
            lambda: order.sudo().write(
                {"order_line": [Command.update(line.id, {"price_unit": 2000.0})]}
            ),
        ):
            with self.assertRaises(UserError) as stopped:
                grow()
            self.assertRegex(str(stopped.exception), "over the limit.*\n.*on top")
        self.assertEqual(self.order.amount_total, 600.0)

    def test_erpnext_49271_delivered_beyond_what_was_ordered(self):
        """Hours that are typed as delivered on a line that orders none, and 3 instead
        of 2: they are owed as what is ordered is."""
        service = self.env["product.product"].create(
            {"name": "Hours", "type": "service", "invoice_policy": "delivery"}
        )
        extra = self._line(100.0, product_id=service.id, product_uom_qty=0)
        self.order.write({"order_line": [Command.create(extra)]})
        line = self.order.order_line[-1].with_user(self.seller)
        line.qty_delivered = 4
        self.assertEqual(self._total(self.buyer), 1000.0)
        for write in (
            lambda: line.write({"qty_delivered": 5}),
            lambda: self.order.with_user(self.seller).write(
                {"order_line": [Command.update(line.id, {"qty_delivered": 5})]}
            ),
        ):
            with (
                self.assertRaisesRegex(UserError, "over the limit"),
                self.cr.savepoint(),
            ):
                write()
        self.assertEqual(self._total(self.buyer), 1000.0)
        line.qty_delivered = 3
        self.assertEqual(self._total(self.buyer), 900.0)

    def test_an_approved_order_delivers_no_more_than_was_approved(self):
        """Approved for 1,500; 100 beyond what was ordered isn't."""
        service = self.env["product.product"].create(
            {"name": "Hours", "type": "service", "invoice_policy": "delivery"}
        )
        order = self._order_of(self._customer("Other"), 1500.0, user_id=self.seller.id)
        self._limit(order.partner_id, 1000.0)
        order.order_line.write({"product_id": service.id, "price_unit": 1500.0})
        order.order_line.tax_ids = False
        order.with_user(self.seller).action_request_credit_review()
        order.credit_review_ids.with_user(self.decider).action_approve()
        order.action_confirm()
        order.order_line.qty_delivered = 1
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.order_line.qty_delivered = 1.1

    def test_lines_that_change_together(self):
        """Less of one and more of another: what it comes to counts."""
        self.order.order_line = [Command.create(self._line(300.0))]
        first, second = self.order.order_line
        self.order.write(
            {
                "order_line": [
                    Command.update(second.id, {"price_unit": 900.0}),
                    Command.update(first.id, {"product_uom_qty": 0}),
                ]
            }
        )
        self.assertEqual(self.order.amount_total, 900.0)

    def test_what_shrinks_isnt_asked(self):
        self._invoice(self.buyer, 5000.0)
        self.order.order_line.price_unit = 500.0
        self.order.order_line.name = "Another name"
        self.assertEqual(self.order.amount_total, 500.0)

    def test_other_terms_and_another_customer(self):
        prepaid = self._create_terms("Prepaid", 0, credit_security="prepaid")
        order = self._order_of(self.buyer, 900.0, payment_term_id=prepaid.id)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.payment_term_id = self.terms
        small = self._customer("Small")
        self._limit(small, 1.0)
        with self.assertRaisesRegex(UserError, "over the limit"):
            self.order.partner_invoice_id = small

    def test_confirmed_and_filled_by_one_write(self):
        if "picking_ids" in self.env["sale.order"]._fields:
            self.skipTest("Odoo's own sale_stock knows no such write")
        order = self._order_of(self.buyer, 1.0)
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.write(
                {
                    "state": "sale",
                    "order_line": [Command.create(self._line(5000.0))],
                }
            )

    def test_within_the_approved_amount(self):
        order = self._order_of(self.buyer, 1500.0, user_id=self.seller.id)
        order.with_user(self.seller).action_request_credit_review()
        review = order.credit_review_ids.with_user(self.decider)
        review.approved_amount = 1600.0
        review.action_approve()
        order.action_confirm()
        order.order_line.price_unit = 1600.0
        self.assertEqual(order.credit_check_state, "approved")
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.order_line.price_unit = 1600.01

    def test_a_customer_is_never_stopped(self):
        mark_customer_present(self.order.sudo()).order_line.price_unit = 5000.0
        self.assertEqual(self.order.amount_total, 5000.0)
        self.assertEqual(self.order.credit_check_state, "review")
        self.assertEqual(self.order.credit_review_ids.state, "requested")

    def test_without_a_policy_it_costs_no_query(self):
        self.policy.active = False
        lines = self.order.order_line
        self.assertFalse(self.env["credit.policy"]._is_used())
        with self.assertQueryCount(0):
            self.env["credit.policy"]._is_used()
        lines.price_unit = 5000.0
        self.assertEqual(self.order.credit_check_state, "none")
