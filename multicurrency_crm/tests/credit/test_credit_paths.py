from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.common.customer_present import mark_customer_present
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditPaths(CreditCommon):
    """Whatever confirms or posts, and whoever is at the other end."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _check(self, document, checkpoint=None):
        return self.env["credit.policy"]._check(document, checkpoint)[document]

    def _codes(self, document, checkpoint=None):
        return [reason.code for reason in self._check(document, checkpoint).reasons]

    def _strength(self, reason, strength, point="confirm", **values):
        check = self.policy.check_ids.filtered(lambda check: check.reason == reason)
        check.write({f"{point}_strength": strength, **values})

    # === EVERY PATH === #

    def test_without_a_policy_nothing_is_asked(self):
        self._limit(self.buyer, 1.0)
        self.policy.active = False
        order = self._order_of(self.buyer, 100.0)
        self.assertEqual(order.credit_check_state, "none")
        with self.assertQueryCount(0):
            order._filter_credit_checked()
        order.action_confirm()
        self.assertEqual(order.credit_check_state, "none")

    def test_written_past_the_button(self):
        """By the API, in a batch, with sudo or a context key: it is checked."""
        self._limit(self.buyer, 1.0)
        order = self._order_of(self.buyer, 100.0)
        for confirm in (
            lambda: order.write({"state": "sale"}),
            lambda: order.sudo().action_confirm(),
            lambda: order.with_context(
                multicurrency_customer=True, credit_bypass=True
            ).action_confirm(),
            lambda: self._order_of(self.buyer, 100.0, state="sale"),
        ):
            with self.assertRaisesRegex(UserError, "over the limit"):
                confirm()

    def test_posting(self):
        """Goods that left must be invoiced: shipped, it warns."""
        self._limit(self.buyer, 1.0)
        invoice = self._invoice(self.buyer, 100.0, post=False)
        self.assertEqual(invoice.credit_check_state, "warning")
        self.assertIn("over the limit", invoice.partner_credit_warning)
        self._strength("over_limit", "review", "post")
        with self.assertRaisesRegex(UserError, "over the limit"):
            invoice.action_post()
        refund = self._invoice(self.buyer, 100.0, move_type="out_refund")
        self.assertEqual(refund.credit_check_state, "none")

    def test_an_approved_order_is_invoiced(self):
        self._strength("over_limit", "review", "post")
        self._limit(self.buyer, 1.0)
        order = self._order_of(self.buyer, 100.0)
        order.action_request_credit_review()
        order.credit_review_ids.sudo().action_approve()
        order.action_confirm()
        order._create_invoices().action_post()
        self.assertEqual(order.invoice_ids.credit_check_state, "approved")

    def test_a_delivery(self):
        """The hook of a warehouse: only what leaves, and belongs to an order."""
        self._limit(self.buyer, 1000.0)
        order = self._order_of(self.buyer, 900.0)
        order.action_confirm()
        order._check_credit_now("deliver")
        self._invoice(self.buyer, 500.0)
        with self.assertRaisesRegex(UserError, "over the limit"):
            order._check_credit_now("deliver")

    def test_posting_in_batch(self):
        """All or nothing; the sentence names each that is stopped, and nothing is
        written."""
        self._strength("over_limit", "review", "post")
        self._limit(self.buyer, 150.0)
        moves = self._invoice(self.buyer, 100.0, post=False)
        moves |= self._invoice(self.buyer, 100.0, post=False)
        fine = self._invoice(self._customer("Fine"), 100.0, post=False)
        with self.assertRaises(UserError) as stopped:
            (moves | fine).action_post()
        self.assertIn("over the limit", str(stopped.exception))
        self.assertEqual(set((moves | fine).mapped("state")), {"draft"})
        self.assertFalse(self.env["credit.review"].search([]))

    def test_posting_by_cron(self):
        """Odoo's job posts those that pass and tells on the others why not."""
        self._strength("over_limit", "review", "post")
        self._limit(self.buyer, 1.0)
        stopped = self._invoice(self.buyer, 100.0, 1, post=False, auto_post="at_date")
        fine = self._invoice(
            self._customer("Fine"), 100.0, 1, post=False, auto_post="at_date"
        )
        job = type(self.env["ir.cron"])
        with (
            patch.object(job, "_commit_progress", lambda *_args, **_more: 1),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self.env["account.move"]._autopost_draft_entries()
        self.assertEqual((stopped.state, fine.state), ("draft", "posted"))
        self.assertIn("over the limit", stopped.message_ids[0].body)

    def test_a_date_to_come_is_checked_when_it_comes(self):
        self._strength("over_limit", "review", "post")
        self._limit(self.buyer, 1.0)
        invoice = self._invoice(self.buyer, 100.0, -10, post=False)
        invoice._post(soft=True)
        self.assertEqual((invoice.state, invoice.auto_post), ("draft", "at_date"))

    # === CUSTOMERS AT THE OTHER END === #

    def test_a_payment_is_never_lost(self):
        self._limit(self.buyer, 10.0)
        order = self._order_of(self.buyer, 100.0, user_id=self.seller.id)
        mark_customer_present(order.sudo()).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.credit_check_state, "review")
        review = order.credit_review_ids
        self.assertEqual(review.state, "requested")
        self.assertEqual(
            review.activity_ids.user_id, self.decider | self.second, "both may decide"
        )

    def test_a_paid_amount_counts_as_paid(self):
        self._limit(self.buyer, 30.0)
        order = self._order_of(self.buyer, 100.0)
        transaction = self._transaction(order, 60.0, "done")
        self.assertIn("40.00", self._check(order).sentence)
        transaction.amount = 80.0
        self.assertEqual(self._codes(order), [])

    def test_a_signature_alone(self):
        self._limit(self.buyer, 10.0)
        order = self._order_of(self.buyer, 100.0, user_id=self.seller.id)
        order.sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.credit_review_ids.state, "requested")
        within = self._order_of(self.buyer, 5.0)
        within.sudo()._validate_order()
        self.assertEqual(within.state, "sale")

    def test_a_promise_to_pay_is_no_payment(self):
        """Signed, with a bank transfer announced: as if signed alone."""
        self._limit(self.buyer, 10.0)
        order = self._order_of(self.buyer, 100.0, user_id=self.seller.id)
        self._transaction(order, 100.0, "pending")
        order.sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.credit_review_ids.state, "requested")
        paid = self._order_of(self.buyer, 100.0, user_id=self.seller.id)
        self._transaction(paid, 100.0, "done")
        paid.sudo()._validate_order()
        self.assertEqual((paid.state, paid.credit_check_state), ("sale", "ok"))

    def test_paid_in_full_never_breaches(self):
        """Nor once the payment is booked, whatever else is open."""
        self._limit(self.buyer, 10.0)
        order = self._order_of(self.buyer, 100.0)
        transaction = self._transaction(order, 100.0, "done")
        order.action_confirm()
        transaction.payment_id = self.env["account.payment"].create(
            {
                "amount": 100.0,
                "currency_id": self.cny.id,
                "journal_id": self.bank.id,
                "partner_id": self.buyer.id,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        )
        transaction.payment_id.action_post()
        self._invoice(self.buyer, 500.0)
        self.assertEqual(self._codes(order, "deliver"), [])
        transaction.payment_id.action_draft()
        transaction.payment_id.action_cancel()
        self.assertEqual(self._codes(order, "deliver"), ["over_limit"])
