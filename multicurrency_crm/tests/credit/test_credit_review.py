from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditReview(CreditCommon):
    """A decision: asked for, taken by somebody else, kept."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()
        self._limit(self.buyer, 1000.0)
        self.order = self._order_of(self.buyer, 1500.0, user_id=self.seller.id)

    def _request(self, order=None, user=None):
        order = order or self.order
        order.with_user(user or self.seller).action_request_credit_review()
        return order.sudo().credit_review_ids.filtered(
            lambda review: review.state == "requested"
        )

    def _approve(self, review, user=None):
        return review.with_user(user or self.decider).action_approve()

    def test_asked_approved_confirmed(self):
        review = self._request()
        self.assertEqual(review.requested_by, self.seller)
        self.assertEqual(review.excess, 500.0)
        self.assertEqual(review.activity_ids.user_id, self.decider | self.second)
        self.assertEqual(self._request(), review, "asking twice is asking once")
        with self.assertRaises(UserError):
            self.order.with_user(self.seller).action_confirm()
        self._approve(review)
        self.assertFalse(review.activity_ids)
        self.assertEqual(self.order.credit_check_state, "approved")
        self.order.with_user(self.seller).action_confirm()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.credit_check_state, "approved")
        with self.assertRaisesRegex(UserError, "decided already"):
            self._approve(review, self.second)

    def test_asked_for_more_while_the_form_is_open(self):
        """Who decides on an older request decides on nothing."""
        self.assertFalse(self.order.credit_is_asked)
        review = self._request()
        self.assertTrue(self.order.credit_is_asked)
        self.order.order_line.price_unit = 9000.0
        self.assertFalse(self.order.credit_is_asked, "not for so much")
        larger = self._request()
        self.assertEqual((review.state, larger.amount), ("expired", 9000.0))
        self.assertFalse(review.activity_ids)
        with self.assertRaisesRegex(UserError, "asked for anew"):
            self._approve(review)
        self.assertEqual(self.order.credit_check_state, "review")
        self._approve(larger)
        self.assertEqual(self.order.credit_check_state, "approved")

    def test_who_is_told_that_others_decide(self):
        review = self._request()
        for user, own in ((self.seller, True), (self.decider, False)):
            self.assertEqual(review.with_user(user).is_own, own)

    def test_who_decides(self):
        review = self._request()
        with self.assertRaises(AccessError):
            review.with_user(self.clerk).action_approve()
        with self.assertRaises(AccessError):
            review.with_user(self.seller).action_approve()
        own = self._order_of(self.buyer, 1500.0, user_id=self.decider.id)
        mine = self._request(own, self.decider)
        with self.assertRaisesRegex(AccessError, "your own"):
            self._approve(mine)
        self._approve(mine, self.second)

    def test_rejected_with_a_reason(self):
        review = self._request().with_user(self.decider)
        with self.assertRaisesRegex(UserError, "Say why"):
            review.action_reject()
        review.decision_reason = "They owe us enough"
        review.action_reject()
        self.assertEqual(review.state, "rejected")
        self.assertEqual(self.order.credit_check_state, "review")
        self.assertNotEqual(self._request(), review, "asked anew")

    def test_above_ones_cap(self):
        """It goes up: to whoever may, and only they are asked."""
        self.decider.with_company(self.company).sudo().credit_cap = 1499.0
        review = self._request()
        self.assertEqual(review.activity_ids.user_id, self.second)
        with self.assertRaisesRegex(UserError, "above what you may"):
            self._approve(review)
        self._approve(review, self.second)

    def test_up_to_an_amount_until_a_day(self):
        review = self._request().with_user(self.decider)
        review.approved_amount = 1600.0
        review.valid_until = TODAY + 5 * DAY
        review.action_approve()
        self.order.order_line.price_unit = 1600.0
        self.assertEqual(self.order.credit_check_state, "approved")
        self.order.order_line.price_unit = 1601.0
        self.assertEqual(self.order.credit_check_state, "review", "it grew")
        self.order.order_line.price_unit = 1500.0
        with freeze_time(f"{TODAY + 6 * DAY} 04:00:00"):
            self.order.invalidate_recordset()
            self.assertEqual(self.order.credit_check_state, "review", "too late")
            review.sudo()._expire()
            self.assertEqual(review.state, "expired")

    def test_turning_late_asks_anew(self):
        self._approve(self._request())
        self.assertEqual(self.order.credit_check_state, "approved")
        self._invoice(self.buyer, 500.0, 65)
        self.order.invalidate_recordset()
        self.assertEqual(self.order.credit_check_state, "review")
        self._approve(self._request())
        self.order.invalidate_recordset()
        self.assertEqual(self.order.credit_check_state, "approved", "known by now")

    def test_a_block_is_released(self):
        checks = self.policy.check_ids.filtered(lambda c: c.reason == "over_limit")
        checks.confirm_strength = "block"
        with self.assertRaisesRegex(UserError, "Only a credit manager"):
            self.order.with_user(self.seller).action_request_credit_review()
        with self.assertRaises(AccessError):
            self.order.with_user(self.seller).action_release_credit()
        action = self.order.with_user(self.decider).action_release_credit()
        review = self.env["credit.review"].browse(action["res_id"])
        self.assertTrue(review.is_block)
        self._approve(review)
        self.order.action_confirm()

    def test_nothing_to_decide(self):
        small = self._order_of(self.buyer, 10.0)
        with self.assertRaisesRegex(UserError, "needs no approval"):
            small.action_request_credit_review()
        with self.assertRaisesRegex(UserError, "needs no release"):
            small.with_user(self.decider).action_release_credit()

    def test_going_ahead_is_a_right_and_leaves_a_log(self):
        self.seller.group_ids += self.env.ref("multicurrency_crm.group_credit_bypass")
        self.order.with_user(self.seller).action_confirm()
        review = self.order.credit_review_ids
        self.assertTrue(review.is_bypass)
        self.assertEqual((review.state, review.decided_by), ("approved", self.seller))

    def test_nobody_writes_one(self):
        review = self._request()
        for vals in ({"state": "approved"}, {"decided_by": 1}, {"amount": 1.0}):
            with self.assertRaises(UserError):
                review.with_user(self.decider).write(vals)
        with self.assertRaises(AccessError):
            review.with_user(self.seller).write({"approved_amount": 9999.0})
        with self.assertRaises(AccessError):
            self.env["credit.review"].with_user(self.decider).create({})
        with self.assertRaises(AccessError):
            review.with_user(self.decider).unlink()

    def test_cancelled_with_its_order(self):
        review = self._request()
        self.order.action_cancel()
        self.assertEqual(review.state, "expired")

    def test_its_document_was_deleted(self):
        review = self._request()
        self.assertEqual(review.action_open_document()["res_id"], self.order.id)
        self.order.action_cancel()
        self.order.unlink()
        with self.assertRaisesRegex(UserError, "was deleted: the decision is kept"):
            review.action_open_document()

    def test_a_copied_policy_keeps_its_floors(self):
        policy = self.env["credit.policy"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        policy.floor_ids = [
            Command.create({"currency_id": self.usd.id, "amount": 50.0})
        ]
        copy = policy.copy()
        self.assertEqual(copy.floor_ids.mapped("amount"), [50.0])

    def test_what_came_of_it(self):
        review = self._request()
        self._approve(review)
        self.order.action_confirm()
        self.assertEqual(review.outcome, "pending")
        invoice = self.order._create_invoices()
        invoice.invoice_payment_term_id = self.terms
        invoice.action_post()
        review.invalidate_recordset()
        self.assertEqual(review.outcome, "open")
        self._pay(invoice)
        review.invalidate_recordset()
        self.assertEqual(review.outcome, "paid")

    # === MANY AT ONCE === #

    def test_confirm_selected(self):
        """Those that pass are confirmed; the others are named, with their reasons."""
        fine = self._order_of(self._customer("Fine"), 10.0, user_id=self.seller.id)
        orders = (self.order | fine).with_user(self.seller)
        action = orders.action_confirm_selected()
        self.assertEqual((fine.state, self.order.state), ("sale", "draft"))
        report = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(report.line_ids.order_id, self.order)
        self.assertIn("over the limit", report.line_ids.reason)
        more = self._order_of(self._customer("More"), 10.0)
        self.assertIs(more.action_confirm_selected(), True)

    def test_found_in_the_list(self):
        Order = self.env["sale.order"]
        mine = [("partner_id", "=", self.buyer.id)]
        stopped = [("credit_check_state", "in", ("review", "blocked"))]
        self.assertEqual(Order.search(mine + stopped), self.order)
        fine = self._order_of(self.buyer, 1.0)
        fine.action_confirm()
        self.assertEqual(Order.search([*mine, ("credit_check_state", "=", "ok")]), fine)

    def test_the_sellers_eyes(self):
        """Grade and state, and no ledger; another company's decisions never."""
        self._invoice(self.buyer, 100.0)
        self._assess(self.buyer)
        review = self._request()
        buyer = self.buyer.with_user(self.seller)
        self.assertEqual(buyer.credit_grade, "c")
        self.assertFalse(buyer.credit_hold)
        for name in ("credit_exposure", "credit_explanation", "credit_limit_ids"):
            with self.assertRaises(AccessError):
                buyer.read([name])
        with self.assertRaises(AccessError):
            self.env["credit.assessment"].with_user(self.seller).search([])
        found = self.env["res.partner"].with_user(self.seller)
        self.assertIn(self.buyer, found.search([("credit_grade", "=", "c")]))
        stranger = self._create_salesperson(
            "credit_stranger", "multicurrency_crm.group_credit_manager"
        )
        stranger.write(
            {
                "company_id": self.other_company.id,
                "company_ids": [Command.set(self.other_company.ids)],
            }
        )
        there = self.env(
            user=stranger, context={"allowed_company_ids": self.other_company.ids}
        )
        with self.assertRaises(AccessError):
            review.with_env(there).read(["reasons"])
        with self.assertRaises(AccessError):
            review.with_env(there).action_approve()
        seen = there["credit.assessment"].search([])
        self.assertFalse(seen)
