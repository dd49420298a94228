from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .credit_common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditBranches(CreditCommon):
    """Caps, holds and limits of a main company, its branches and one founded later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._found_branch("Harbour North")
        cls.product.company_id = False
        cls.buyer = cls._customer()

    def _ask(self, amount):
        return self.env["credit.limit"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "currency_id": self.cny.id,
                "amount": amount,
                "date_start": TODAY,
            }
        )

    def test_15_2_9_a_cap_set_while_in_a_branch(self):
        """50,000 approved against a cap of 1,000."""
        self.decider.company_ids |= self.branch
        self.decider.with_company(self.branch).credit_cap = 1000.0
        limit = self._ask(50_000.0)
        with self.assertRaisesRegex(UserError, "1,000"):
            limit.with_user(self.decider).action_approve()
        self.assertEqual(limit.state, "draft")

    def test_15_2_9_a_cap_on_what_is_asked_for_an_order(self):
        self.decider.with_company(self.branch).credit_cap = 1000.0
        self._limit(self.buyer, 100.0)
        order = self._order_of(self.buyer, 50_000.0, user_id=self.seller.id)
        order.with_user(self.seller).action_request_credit_review()
        review = order.credit_review_ids
        with self.assertRaisesRegex(UserError, "above what you may approve|above the"):
            review.with_user(self.decider).action_approve()

    def test_15_2_9_a_cap_lifted_in_a_branch_is_lifted_everywhere(self):
        self.decider.credit_cap = 1000.0
        later = self._found_branch("Founded Later")
        for company in (self.company, self.branch, later):
            self.assertEqual(self.decider._get_credit_cap(company), 1000.0)
        self.assertIsNone(self.decider._get_credit_cap(self.other_company))
        self.decider.with_company(later).credit_cap = 0.0
        for company in (self.company, self.branch, later):
            self.assertIsNone(self.decider._get_credit_cap(company))

    def test_15_2_9_a_cap_below_the_smallest_coin_is_a_cap(self):
        self.decider.credit_cap = 0.001
        self.assertEqual(self.decider._get_credit_cap(self.branch), 0.001)

    def test_15_2_9_the_screen_says_that_nothing_is_no_cap(self):
        arch = self.env["res.users"].get_view(
            self.env.ref("base.view_users_form").id, "form"
        )["arch"]
        self.assertIn("No cap: approves any amount.", arch)
        with Form(
            self.decider.with_company(self.branch), "base.view_users_form"
        ) as form:
            form.credit_cap = 500.0
        self.assertEqual(self.decider._get_credit_cap(self.company), 500.0)

    def test_15_2_9_a_branch_founded_later_sees_a_hold(self):
        self.buyer._set_credit_hold(self.company, True, "Disputes each invoice.")
        later = self._found_branch("Founded Later")
        clerk = self._create_salesperson(
            "later_clerk", "multicurrency_crm.group_finance"
        )
        here = self._as(self.buyer, self._work_alone(clerk, later), later)
        self.assertTrue(here.credit_hold)
        self.assertEqual(here.credit_hold_reason, "Disputes each invoice.")
        order = self._order_of(self.buyer, 1.0, company_id=later.id)
        with self.assertRaisesRegex(UserError, "on credit hold"):
            order.action_confirm()
        self.buyer.with_company(later)._set_credit_hold(self.company, False, "")
        for company in (self.company, self.branch, later):
            self.assertFalse(self.buyer.with_company(company).credit_hold)

    def test_15_2_9_contacts_held_by_who_works_in_the_branch_alone(self):
        contact = self._customer("Desk", parent_id=self.buyer.id, is_company=False)
        manager = self._work_alone(self.second, self.branch)
        self.env.ref("base.group_partner_manager").user_ids += manager
        self._as(contact, manager, self.branch).credit_hold = True
        for company in (self.company, self.branch, self._found_branch("Founded Later")):
            for partner in self.buyer | contact:
                self.assertTrue(partner.with_company(company).credit_hold)

    def test_15_2_9_an_assessment_is_read_in_a_branch_founded_later(self):
        self._invoice(self.buyer, 1000.0)
        self.buyer._assess_credit(self.branch)
        later = self._found_branch("Founded Later")
        here = self.buyer.with_company(later)
        self.assertEqual(here.credit_exposure, 1000.0)
        found = here.search([("id", "=", here.id), ("credit_exposure", ">", 999)])
        self.assertEqual(found, self.buyer)
        # all of a customer's page, by who works in the branch alone
        clerk = self._work_alone(self.clerk, later)
        mine = self._as(self.buyer, clerk, later)
        mine.invalidate_recordset()
        names = [name for name in mine._fields if name.startswith("credit_")]
        [read] = mine.read(
            [n for n in names if mine._has_field_access(mine._fields[n], "read")]
        )
        self.assertEqual(read["credit_exposure"], 1000.0)
        mine.credit_assessment_id.read()

    def test_15_2_9_a_user_of_the_branch_alone_sells_under_it(self):
        seller = self._create_salesperson(
            "north_seller", "multicurrency_crm.group_user"
        )
        self._work_alone(seller, self.branch)
        self._limit(self.buyer, 1000.0)
        Order = self._as(self.env["sale.order"], seller, self.branch)
        order = Order.create(
            {
                "partner_id": self.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": 5000.0,
                            "tax_ids": [],
                        }
                    )
                ],
            }
        )
        self.assertEqual(order.company_id, self.branch)
        with self.assertRaises(UserError):
            order.action_confirm()
        order.action_request_credit_review()
        self.assertEqual(order.sudo().credit_review_ids.company_id, self.company)
        clerk = self._work_alone(self.clerk, self.branch)
        review = self._as(order.sudo().credit_review_ids, clerk, self.branch)
        review.read()
        review.with_user(self.decider).with_context(
            allowed_company_ids=self.company.ids
        ).action_approve()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
