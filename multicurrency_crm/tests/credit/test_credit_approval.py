from odoo.exceptions import AccessError, UserError
from odoo.http import serialize_exception
from odoo.tests import tagged

from ...models.common.customer_present import mark_customer_present
from ...models.common.stopped import Stopped
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditApproval(CreditCommon):
    """What an approval lets through, and what becomes of a request."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()
        self._limit(self.buyer, 1000.0)
        self.order = self._order_of(self.buyer, 1500.0, user_id=self.seller.id)

    def _strength(self, reason, strength, point="confirm"):
        check = self.policy.check_ids.filtered(lambda check: check.reason == reason)
        check[f"{point}_strength"] = strength

    def _state(self, document=None):
        document = document or self.order
        document.invalidate_recordset()
        return document.credit_check_state

    def _request(self, order=None):
        order = order or self.order
        order.with_user(self.seller).action_request_credit_review()
        return order.sudo().credit_review_ids.filtered(
            lambda review: review.state == "requested"
        )

    def _approved(self, order=None):
        review = self._request(order)
        review.with_user(self.decider).action_approve()
        return review

    # === WHAT A STOP SAYS === #

    def test_a_stop_offers_what_it_names(self):
        """The dialog has the button; what it calls asks for the approval."""
        with self.assertRaises(Stopped) as stopped:
            self.order.with_user(self.seller).action_confirm()
        self.assertIn("Request an approval", str(stopped.exception))
        sent = serialize_exception(stopped.exception)
        [offer] = sent["context"]["offers"]
        self.assertEqual(sent["message"], str(stopped.exception))
        model = self.env[offer["model"]].with_user(self.seller)
        [ids] = offer["args"]
        getattr(model.browse(ids), offer["method"])()
        self.assertEqual(self.order.sudo().credit_review_ids.state, "requested")

    def test_once_approved_nothing_warns(self):
        self.assertTrue(self.order.partner_credit_warning)
        self._approved()
        self.order.invalidate_recordset()
        self.assertFalse(self.order.partner_credit_warning)
        self.order.order_line.price_unit = 2000.0
        self.assertTrue(self.order.partner_credit_warning)

    # === WHAT IT COVERS === #

    def test_it_isnt_for_another_customer(self):
        self._approved()
        self.assertEqual(self._state(), "approved")
        other = self._customer("Other")
        self._limit(other, 1.0)
        self.order.partner_invoice_id = other
        self.assertEqual(self._state(), "review")

    def test_a_block_that_came_later_asks_anew(self):
        """Approved over the limit; the customer is then put on hold, which blocks."""
        self._strength("on_hold", "block")
        self._approved()
        self.buyer.credit_hold = True
        self.assertEqual(self._state(), "blocked")
        action = self.order.with_user(self.decider).action_release_credit()
        review = self.env["credit.review"].browse(action["res_id"])
        review.with_user(self.decider).action_approve()
        self.assertEqual(self._state(), "approved")

    def test_a_known_reason_that_blocks_later_is_known(self):
        self._strength("over_limit", "block", "deliver")
        self._approved()
        self.order.action_confirm()
        check = self.env["credit.policy"]._check(self.order, "deliver")[self.order]
        self.assertEqual(check.state, "approved")

    def test_late_by_less_than_matters(self):
        """1 % of the limit is 10,000: 5,000 that turn late ask nobody anew."""
        rich = self._customer("Rich")
        self._limit(rich, 1_000_000.0)
        order = self._order_of(rich, 1_100_000.0, user_id=self.seller.id)
        self._approved(order)
        self._invoice(rich, 5000.0, 65)
        self.assertEqual(self._state(order), "approved")
        self._invoice(rich, 6000.0, 65)
        self.assertEqual(self._state(order), "review")

    def test_late_in_a_currency_without_a_rate(self):
        """It can't be converted, and is late all the same."""
        self._invoice(self.buyer, 700.0, 65, currency=self.kwd)
        self.kwd.rate_ids.unlink()
        order = self._order_of(self.buyer, 1.0)
        check = self.env["credit.policy"]._check(order)[order]
        self.assertIn("overdue_days", [reason.code for reason in check.reasons])
        late = next(r for r in check.reasons if r.code == "overdue_days")
        self.assertIn("700.000", late.explain(self.env)[0])
        self.assertTrue(check.is_late)

    # === FIGURES OF THE DECISION === #

    def test_the_excess_is_in_its_limits_currency(self):
        """Within the customer's dollars, over the group's yen."""
        mother = self._customer("Mother")
        child = self._customer("Child", parent_id=mother.id)
        self._limit(child, 1000.0, self.usd)
        self._limit(mother, 20_000.0, self.jpy, is_group=True)
        order = self._order_of(child, 1500.0, user_id=self.seller.id)
        review = self._request(order)
        self.assertEqual(review.limit_currency_id, self.jpy)
        self.assertEqual(review.excess, 10_000.0)

    def test_the_worst_of_two_limits(self):
        """Over by 600 CNY and by 2,000 JPY (100 CNY): the first is told."""
        mother = self._customer("Mother")
        child = self._customer("Child", parent_id=mother.id)
        self._limit(child, 900.0)
        self._limit(mother, 28_000.0, self.jpy, is_group=True)
        review = self._request(self._order_of(child, 1500.0, user_id=self.seller.id))
        self.assertEqual((review.excess, review.limit_currency_id), (600.0, self.cny))

    # === LIFE OF A REQUEST === #

    def test_grown_it_goes_up(self):
        """Asked anew with more: those whose cap is enough are asked."""
        self.decider.with_company(self.company).sudo().credit_cap = 2000.0
        review = self._request()
        self.assertEqual(review.activity_ids.user_id, self.decider | self.second)
        self.order.order_line.price_unit = 2500.0
        larger = self._request()
        self.assertEqual((review.state, larger.amount), ("expired", 2500.0))
        self.assertFalse(review.activity_ids)
        self.assertEqual(larger.activity_ids.user_id, self.second)

    def test_sudo_is_no_bypass(self):
        review = self._request()
        with self.assertRaises(AccessError):
            review.with_user(self.seller).sudo().action_approve()
        self.decider.with_company(self.company).sudo().credit_cap = 100.0
        with self.assertRaisesRegex(UserError, "above what you may"):
            review.with_user(self.decider).sudo().action_approve()

    def test_nothing_to_decide_any_longer(self):
        """The limit is raised, the order confirmed: the request ends."""
        review = self._request()
        limit = self.buyer.sudo().credit_limit_ids
        draft = limit.browse(limit.action_revise()["res_id"])
        draft.amount = 5000.0
        draft.sudo().action_approve()
        self.order.action_confirm()
        self.assertEqual(review.state, "expired")
        self.assertFalse(review.activity_ids)

    def test_a_document_that_goes_takes_its_request_along(self):
        review = self._request()
        self.order.unlink()
        self.assertEqual(review.state, "expired")
        self.assertFalse(review.activity_ids)
        self._strength("over_limit", "review", "post")
        for end in ("button_cancel", "unlink"):
            invoice = self._invoice(self.buyer, 1500.0, post=False)
            invoice.action_request_credit_review()
            asked = invoice.credit_review_ids
            getattr(invoice, end)()
            self.assertEqual((asked.state, len(asked.activity_ids)), ("expired", 0))

    def test_approved_after_it_went_ahead(self):
        """Paid for by its customer, approved later: nothing is left to review."""
        mark_customer_present(self.order.sudo()).action_confirm()
        self.assertEqual(self._state(), "review")
        review = self.order.credit_review_ids
        review.with_user(self.decider).action_approve()
        self.assertEqual(self._state(), "approved")

    def test_gone_ahead_by_right_is_approved(self):
        self.seller.group_ids += self.env.ref("multicurrency_crm.group_credit_bypass")
        self.order.with_user(self.seller).action_confirm()
        self.assertEqual(self._state(), "approved")

    def test_nobody_may_decide(self):
        """Then whose document it is has it to do: it isn't lost."""
        (self.decider | self.second).active = False
        managers = self.env.ref("multicurrency_crm.group_credit_manager").all_user_ids
        for user in managers:
            user.company_ids -= self.company
        review = self._request()
        self.assertFalse(review.activity_ids)
        self.assertEqual(self.order.activity_ids.user_id, self.seller)

    # === WHAT IS SHOWN === #

    def test_reset_it_shows_what_holds_now(self):
        invoice = self._invoice(self.buyer, 100.0)
        self.assertEqual(invoice.credit_check_state, "ok")
        self._invoice(self.buyer, 5000.0)
        invoice.button_draft()
        self.assertEqual(self._state(invoice), "warning")
        found = invoice.search(
            [("id", "=", invoice.id), ("credit_check_state", "=", "ok")]
        )
        self.assertFalse(found)

    def test_without_a_policy_it_is_shown_and_found_so(self):
        small = self._order_of(self.buyer, 10.0)
        small.action_confirm()
        self.policy.active = False
        for state, found in (("none", small), ("ok", small.browse())):
            domain = [("id", "=", small.id), ("credit_check_state", "=", state)]
            self.assertEqual(small.search(domain), found)
        self.assertEqual(self._state(small), "none")

    def test_paid_so_far_isnt_paid_in_full(self):
        """A deposit that was paid says nothing of the rest."""
        review = self._approved()
        self.order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": self.order.ids,
                "advance_payment_method": "fixed",
                "fixed_amount": 300.0,
            }
        )
        wizard._create_invoices(self.order)
        deposit = self.order.invoice_ids
        deposit.action_post()
        self._pay(deposit)
        review.invalidate_recordset()
        self.assertEqual(review.outcome, "pending")
