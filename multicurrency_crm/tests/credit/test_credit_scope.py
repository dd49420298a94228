from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditScope(CreditCommon):
    """Whom a policy, a limit and a hold concern: branches, contacts, tags, grades."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _check(self, order):
        return self.env["credit.policy"]._check(order)[order]

    def _branch(self):
        branch = self._create_company("Branch", self.cny, parent_id=self.company.id)
        self.env.user.company_ids |= branch
        return branch

    def _only(self, reason):
        """Checks that block for one reason and are off for the others."""
        return [
            Command.clear(),
            Command.create(
                {
                    "reason": reason,
                    "confirm_strength": "block",
                    "deliver_strength": "block",
                    "post_strength": "block",
                }
            ),
        ]

    def test_a_branch_sells_under_the_limit_of_its_main_company(self):
        self.product.company_id = False
        self._limit(self.buyer, 1000.0)
        self._invoice(self.buyer, 700.0)
        order = self._order_of(self.buyer, 400.0, company_id=self._branch().id)
        self.assertEqual(order.credit_check_state, "review")
        order.action_request_credit_review()
        review = order.credit_review_ids
        self.assertEqual(review.company_id, self.company)
        self.assertEqual(review.excess, 100.0)
        review.with_user(self.decider).action_approve()
        order.action_confirm()

    def test_another_company_has_policies_of_its_own(self):
        """None there: nothing is checked, whatever this company's policy says."""
        self.product.company_id = False
        self._limit(self.buyer, 1.0)
        there = self._order_of(
            self.buyer, 500.0, self.usd, company_id=self.other_company.id
        ).with_company(self.other_company)
        self.assertEqual(there.credit_check_state, "none")
        there.action_confirm()
        self.assertEqual(there.credit_check_state, "none")

    def test_a_policy_of_a_tag_and_one_of_a_grade(self):
        tag = self.env["res.partner.category"].create({"name": "Watched"})
        Policy = self.env["credit.policy"]
        Policy.create(
            {
                "name": "Watched",
                "company_id": self.company.id,
                "sequence": 1,
                "category_ids": [Command.set(tag.ids)],
                "check_ids": self._only("no_limit"),
            }
        )
        Policy.create(
            {
                "name": "Graded C",
                "company_id": self.company.id,
                "sequence": 2,
                "grade": "c",
                "check_ids": self._only("on_hold"),
            }
        )
        order = self._order_of(self.buyer, 10.0)
        self.assertEqual(self._check(order).policy, self.policy)
        self._invoice(self.buyer, 10.0)
        self._assess(self.buyer)
        self.assertEqual(self._check(order).policy.name, "Graded C")
        self.buyer.category_id = tag
        check = self._check(order)
        self.assertEqual((check.policy.name, check.state), ("Watched", "blocked"))
        both = order | self._order_of(self._customer("Plain"), 10.0)
        states = [check.state for check in Policy._check(both).values()]
        self.assertEqual(states, ["blocked", "ok"], "each by its own policy")

    def test_contacts_show_the_hold_of_their_customer(self):
        contact = self._customer("Desk", parent_id=self.buyer.id, is_company=False)
        self.buyer.credit_hold = True
        later = self._customer("Till", parent_id=self.buyer.id, is_company=False)
        self.assertTrue(contact.credit_hold and later.credit_hold)
        held = self.env["res.partner"].search(
            [("credit_hold", "=", True), ("id", "child_of", self.buyer.id)]
        )
        self.assertEqual(held, self.buyer | contact | later)
        contact.credit_hold = False
        self.assertFalse(self.buyer.credit_hold or later.credit_hold)
        with self.assertRaises(AccessError):
            contact.with_user(self.seller).credit_hold = True

    def test_created_on_hold_in_a_branch(self):
        """It holds in the main company, by which every check goes."""
        branch = self._branch()
        Partner = self.env["res.partner"].with_company(branch)
        held = Partner.create({"name": "Held", "credit_hold": True})
        for company in self.company | branch:
            self.assertTrue(held.with_company(company).credit_hold, company.name)
        with self.assertRaisesRegex(UserError, "on credit hold"):
            self._order_of(held, 1.0).action_confirm()
        with self.assertRaises(AccessError):
            Partner.with_user(self.seller).create({"name": "No", "credit_hold": True})

    def test_delivered_to_one_and_owed_by_another(self):
        """The invoice's customer counts, and of its contacts the company behind."""
        owing = self._customer("Owing")
        desk = self._customer("Desk", parent_id=owing.id, is_company=False)
        self._limit(owing, 100.0)
        order = self._order_of(self.buyer, 500.0, partner_invoice_id=desk.id)
        self.assertEqual(order.credit_check_state, "review")
        order.partner_invoice_id = self.buyer
        self.assertEqual(order.credit_check_state, "ok")
        self.buyer.active = False
        self._limit(self.buyer, 1.0)
        order.invalidate_recordset()
        self.assertEqual(order.credit_check_state, "review", "archived, it owes")
