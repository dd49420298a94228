from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .credit_common import CreditCommon

#: of a customer: what only finance is told
LEDGER = ("credit_exposure", "credit_available", "credit_overdue", "credit_limit_ids")
#: models that tell of the ledger, or how it is judged
FINANCE_MODELS = (
    "credit.account",
    "credit.assessment",
    "credit.limit",
    "credit.manual.grade",
    "credit.policy",
)


@tagged("post_install", "-at_install")
class TestCreditAccess(CreditCommon):
    """What each role sees and may do, logged in as each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1000.0)
        cls._invoice(cls.buyer, 100.0)
        cls._assess(cls.buyer)
        cls.order = cls._order_of(cls.buyer, 1500.0, user_id=cls.seller.id)
        cls.user = cls._user("credit_user", "multicurrency_crm.group_user")
        cls.manager = cls._user(
            "credit_boss", "multicurrency_crm.group_manager,base.group_system"
        )
        cls.accountant = cls._user("credit_books", "account.group_account_manager")
        cls.portal = cls._user("credit_portal", "base.group_portal")
        cls.stranger = cls._user(
            "credit_far",
            "multicurrency_crm.group_credit_manager,"
            "sales_team.group_sale_salesman_all_leads",
            company=cls.other_company,
        )

    @classmethod
    def _user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.env.invalidate_all()

    def _as(self, user):
        """An environment as of a request of that user's own."""
        self.env.invalidate_all()
        context = {"allowed_company_ids": user.company_id.ids}
        return self.env(user=user, context=context)

    def _ask(self):
        self.order.with_user(self.seller).action_request_credit_review()
        return self.order.sudo().credit_review_ids

    def assertNoLedger(self, env):
        buyer = self.buyer.with_env(env)
        for name in LEDGER:
            with self.assertRaises(AccessError, msg=name):
                buyer.read([name])
        for model in FINANCE_MODELS:
            with self.assertRaises(AccessError, msg=model):
                env[model].search([])

    def test_a_salesperson(self):
        """Grade, hold and state; asks; doesn't decide, hold, release or grade."""
        env = self._as(self.seller)
        buyer, order = self.buyer.with_env(env), self.order.with_env(env)
        self.assertEqual(buyer.credit_grade, "c")
        self.assertFalse(buyer.credit_hold)
        self.assertEqual(order.credit_check_state, "review")
        self.assertIn("over the limit", order.partner_credit_warning)
        self.assertNoLedger(env)
        with self.assertRaises(UserError):
            order.action_confirm()
        order.action_request_credit_review()
        review = self.order.sudo().credit_review_ids.with_env(env)
        for act in (
            lambda: review.action_approve(),
            lambda: review.read(["reasons"]),
            lambda: order.action_release_credit(),
            lambda: buyer.write({"credit_hold": True}),
            lambda: env["credit.policy"].create({"name": "Mine"}),
        ):
            with self.assertRaises(AccessError):
                act()
        other = self._order_of(self.buyer, 1500.0, user_id=self.second.id)
        with self.assertRaises(AccessError):
            other.with_env(self._as(self.seller)).action_request_credit_review()

    def test_a_user_of_ours_sees_what_they_asked_for(self):
        own = self._ask()
        own.sudo()._write_guarded({"requested_by": self.user.id})
        env = self._as(self.user)
        self.assertTrue(own.with_env(env).reasons)
        with self.assertRaises(AccessError):
            own.with_env(env).read(["exposures"])
        other = self._order_of(self.buyer, 1600.0, user_id=self.seller.id)
        other.with_user(self.seller).action_request_credit_review()
        self.assertEqual(self._as(self.user)["credit.review"].search([]), own)

    def test_a_finance_clerk(self):
        """Reads all, decides nothing."""
        review = self._ask()
        env = self._as(self.clerk)
        self.assertEqual(self.buyer.with_env(env).credit_exposure, 100.0)
        self.assertIn(review, env["credit.review"].search([]))
        self.assertTrue(review.with_env(env).exposure_table)
        self.assertTrue(env["credit.policy"].search([]))
        for act in (
            lambda: review.with_env(env).action_approve(),
            lambda: review.with_env(env).action_reject(),
            lambda: review.with_env(env).write({"approved_amount": 1e6}),
            lambda: self.policy.with_env(env).write({"name": "Mine"}),
            lambda: self.buyer.with_env(env).write({"credit_hold": True}),
            lambda: self.order.with_env(env).action_release_credit(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_credit_manager_and_manager_decide(self):
        for user in (self.decider, self.manager):
            review = self._ask().filtered(lambda review: review.state == "requested")
            env = self._as(user)
            mine = review.with_env(env)
            self.assertTrue(mine.exposure_table and mine.explanation)
            self.assertEqual(mine.grade, "c")
            mine.write({"decision_reason": "No"})
            mine.action_reject()
            self.assertEqual(review.decided_by, user)
            buyer = self.buyer.with_env(env)
            buyer.credit_hold = True
            self.assertTrue(buyer.credit_hold)
            buyer.credit_hold = False
            self.policy.with_env(env).name = "By a manager"

    def test_an_accountant_without_our_groups(self):
        """Posts, is warned and stopped, and asks; reads nothing of ours."""
        checks = self.policy.check_ids.filtered(lambda c: c.reason == "over_limit")
        invoice = self._invoice(self.buyer, 2000.0, post=False)
        env = self._as(self.accountant)
        mine = invoice.with_env(env)
        self.assertEqual(mine.credit_check_state, "warning")
        self.assertIn("over the limit", mine.partner_credit_warning)
        checks.post_strength = "review"
        mine = invoice.with_env(self._as(self.accountant))
        with self.assertRaisesRegex(UserError, "over the limit"):
            mine.action_post()
        mine.action_request_credit_review()
        review = invoice.sudo().credit_review_ids
        self.assertEqual(review.requested_by, self.accountant)
        env = self._as(self.accountant)
        self.assertNoLedger(env)
        with self.assertRaises(AccessError):
            env["credit.review"].search([])
        with self.assertRaises(AccessError):
            review.with_env(env).action_approve()
        review.with_user(self.decider).action_approve()
        invoice.with_env(self._as(self.accountant)).action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.credit_check_state, "approved")

    def test_a_customer_on_the_portal(self):
        """Reads their own order, and nothing of how they are judged."""
        self.order.message_subscribe(self.portal.partner_id.ids)
        self.portal.partner_id.parent_id = self.buyer
        self.order.state = "sent"
        review = self._ask()
        env = self._as(self.portal)
        order = self.order.with_env(env)
        self.assertEqual(order.read(["amount_total"])[0]["amount_total"], 1500.0)
        self.assertFalse(
            order.read(["partner_credit_warning"])[0].get("partner_credit_warning")
        )
        for name in ("credit_check_state", "credit_decided_state", "credit_review_ids"):
            with self.assertRaises(AccessError, msg=name):
                order.read([name])
        for name in ("credit_grade", "credit_hold", "credit_score"):
            with self.assertRaises(AccessError, msg=name):
                self.portal.partner_id.with_env(env).read([name])
        self.assertNoLedger(env)
        for act in (
            lambda: order.action_request_credit_review(),
            lambda: order.action_release_credit(),
            lambda: review.with_env(env).action_approve(),
            lambda: review.with_env(env).read(["reasons"]),
        ):
            with self.assertRaises(AccessError):
                act()
        visible = self.order.with_env(env).message_ids.filtered(
            lambda message: "limit" in (message.body or "")
        )
        self.assertFalse(visible.filtered(lambda m: not m.subtype_id.internal))

    def test_another_company(self):
        """A credit manager elsewhere: neither figures nor decisions of here."""
        review = self._ask()
        env = self._as(self.stranger)
        for model in (*FINANCE_MODELS, "credit.review"):
            self.assertFalse(env[model].search([]), model)
        buyer = self.buyer.with_env(env)
        self.assertFalse(buyer.credit_grade)
        self.assertFalse(buyer.credit_exposure)
        for act in (
            lambda: review.with_env(env).read(["reasons"]),
            lambda: review.with_env(env).action_approve(),
            lambda: review.with_env(env).sudo().action_approve(),
            lambda: self.order.with_env(env).action_release_credit(),
            lambda: self.order.with_env(env).action_request_credit_review(),
            lambda: self.policy.with_env(env).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                act()
        buyer.credit_hold = True
        self.assertFalse(self.buyer.with_company(self.company).credit_hold)
