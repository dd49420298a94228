from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditRest(CreditCommon):
    """What isn't waited for any longer of an order is closed, and opened again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        every = cls.env.ref("sales_team.group_sale_salesman_all_leads")
        for user in (cls.decider, cls.second, cls.clerk):
            user.group_ids += every
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 5000.0)
        cls.service = cls.env["product.product"].create(
            {"name": "Hours", "type": "service", "invoice_policy": "delivery"}
        )
        cls.order = cls._order_of(cls.buyer, 200.0, quantity=10, user_id=cls.seller.id)
        cls.order.order_line.product_id = cls.service
        cls.order.order_line.write({"price_unit": 200.0, "tax_ids": [Command.clear()]})
        cls.order.action_confirm()

    def _deliver_and_credit(self):
        """All is delivered, invoiced, and credited without a return."""
        self.order.order_line.qty_delivered = 10
        invoice = self.order._create_invoices()
        invoice.action_post()
        refund = invoice._reverse_moves([{}])
        refund.action_post()
        lines = (invoice | refund).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        if not any(lines.mapped("reconciled")):
            lines.reconcile()

    def _close(self, order=None, user=None, reason="Credited for good"):
        order = (order or self.order).with_user(user or self.decider)
        action = order.action_close_credit_rest()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.decider)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_apply()

    def test_odoo_262720_delivered_and_credited_without_a_return(self):
        """2,000 stay in the exposure until somebody says that nothing more comes; the
        order itself stays as it is."""
        self._deliver_and_credit()
        self.assertEqual(self._total(self.buyer), 2000.0)
        self.assertEqual(self.order.credit_open_rest, 2000.0)
        before = self.order.read(
            ["state", "amount_total", "invoice_status", "delivery_count"]
            if "delivery_count" in self.order._fields
            else ["state", "amount_total", "invoice_status"]
        )
        self._close()
        self.assertEqual(self._total(self.buyer), 0.0)
        self.assertEqual(self.order.credit_open_rest, 0.0)
        self.assertRecordValues(
            self.order,
            [
                {
                    "credit_closed_amount": 2000.0,
                    "credit_closed_by_id": self.decider.id,
                    "credit_closed_reason": "Credited for good",
                }
            ],
        )
        self.assertEqual(
            self.order.read(list(before[0].keys() - {"id"}))[0]["amount_total"],
            before[0]["amount_total"],
        )
        self.assertEqual(self.order.state, "sale")
        self.assertIn("2,000.00 CNY", self.order.message_ids[0].body)
        self.assertIn("Credited for good", self.order.message_ids[0].body)

    def test_opened_again_it_counts(self):
        self._deliver_and_credit()
        self._close()
        self.order.with_user(self.second).action_reopen_credit_rest()
        self.assertEqual(self._total(self.buyer), 2000.0)
        self.assertFalse(self.order.credit_closed_reason)
        self.assertIn("open again", self.order.message_ids[0].body)

    def test_what_comes_on_top_opens_it(self):
        """100 more than was closed: all of it counts again."""
        self._deliver_and_credit()
        self._close()
        self.order.order_line = [
            Command.create(
                {
                    "product_id": self.service.id,
                    "product_uom_qty": 1,
                    "price_unit": 100.0,
                    "tax_ids": [],
                }
            )
        ]
        self.assertEqual(self.order.credit_closed_amount, 0.0)
        self.assertEqual(self._total(self.buyer), 2100.0)

    def test_an_invoice_counts_whatever_was_closed(self):
        """1,000 of the rest are invoiced after all."""
        self.order.order_line.qty_delivered = 5
        self._close()
        self.assertEqual(self._total(self.buyer), 0.0)
        self.order._create_invoices().action_post()
        self.assertEqual(self._parts(self.buyer), {"not_due": 1000.0})

    def test_what_is_typed_as_delivered_opens_it(self):
        """3 of 10 come after all, where no warehouse says so."""
        self._close()
        self.order.order_line.qty_delivered = 3
        self.assertEqual(self.order.credit_closed_amount, 0.0)
        self.assertIn("open again", self.order.message_ids[0].body)
        parts = {"delivered": 600.0, "undelivered": 1400.0}
        self.assertEqual(self._parts(self.buyer), parts)

    def test_what_is_typed_as_given_back_opens_nothing(self):
        self.order.order_line.qty_delivered = 5
        self._close()
        self.order.order_line.qty_delivered = 3
        self.assertEqual(self.order.credit_closed_amount, 2000.0)
        self.assertEqual(self._total(self.buyer), 0.0)

    def _deliver_unnoticed(self, quantity):
        """As time, expenses and other computations do: past ``write``."""
        line = self.order.order_line
        self.env.flush_all()
        line._write({"qty_delivered": quantity})
        line.invalidate_recordset()
        line.modified(["qty_delivered"])
        self.env.flush_all()

    def test_what_is_delivered_by_time_counts_closed_or_not(self):
        """2 of 10 were delivered when the rest was closed, 2 are later, and invoiced,
        with the 2 before; another one is."""
        self.order.order_line.qty_delivered = 2
        self._close()
        self.assertEqual(self._total(self.buyer), 0.0)
        self._deliver_unnoticed(4)
        self.assertEqual(self._parts(self.buyer), {"delivered": 400.0})
        self.assertEqual(self._assess(self.buyer).exposure, 400.0)
        self.order._create_invoices().action_post()
        self.assertEqual(self._parts(self.buyer), {"not_due": 800.0})
        self._deliver_unnoticed(5)
        parts = {"not_due": 800.0, "delivered": 200.0}
        self.assertEqual(self._parts(self.buyer), parts)

    def test_what_was_delivered_since_is_closed_once_more(self):
        self._close()
        self._deliver_unnoticed(3)
        self.order.invalidate_recordset()
        self.assertEqual(self.order.credit_open_rest, 600.0)
        self._close()
        self.assertEqual(self._total(self.buyer), 0.0)

    def test_another_order_of_the_customer_counts_on(self):
        other = self._order_of(self.buyer, 700.0)
        other.action_confirm()
        self._close()
        self.assertEqual(self._total(self.buyer), 700.0)

    def test_who_may(self):
        for user in (self.seller, self.clerk):
            with self.assertRaisesRegex(AccessError, "Credit managers"):
                self.order.with_user(user)._close_credit_rest("Please")
            with self.assertRaisesRegex(AccessError, "Credit managers"):
                self.order.with_user(user).action_reopen_credit_rest()
        mine = self._order_of(self.buyer, 50.0, user_id=self.decider.id)
        mine.action_confirm()
        with self.assertRaisesRegex(AccessError, "your own order"):
            self._close(mine)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.order.with_user(self.decider)._close_credit_rest(" ")

    def test_nothing_is_closed_by_hand(self):
        for user in (self.seller, self.decider, self.env.user):
            with self.assertRaises(AccessError):
                self.order.with_user(user).write({"credit_closed_amount": 2000.0})

    def test_nothing_is_left(self):
        self.order.order_line.qty_delivered = 10
        self.order._create_invoices().action_post()
        with self.assertRaisesRegex(UserError, "left to close"):
            self._close()

    def test_a_copy_and_a_new_confirmation_start_open(self):
        self._close()
        self.assertFalse(self.order.copy().credit_closed_amount)
        self.order._action_cancel()
        self.order.action_draft()
        self.order.action_confirm()
        self.assertFalse(self.order.credit_closed_amount)
        self.assertEqual(self._total(self.buyer), 2000.0)
