"""What an archived customer, or branch, owes is owed."""

from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCustomerArchived(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.hold_overdue_days = 60
        cls.buyer = cls._customer()

    def _messages(self):
        return len(self.buyer.message_ids)

    def _held(self, partner=None, company=None):
        partner = (partner or self.buyer).with_company(company or self.company)
        partner.invalidate_recordset()
        return partner.credit_hold

    def test_15_2_7_no_message_a_night_and_released_once_paid(self):
        invoice = self._invoice(self.buyer, 500.0, 120)
        self._assess(self.buyer)
        self.assertTrue(self._held())
        self.buyer.active = False
        count = self._messages()
        for _night in range(3):
            self._assess(self.buyer)
        self.assertEqual(self._messages(), count)
        self._pay(invoice)
        self._assess(self.buyer)
        self.assertFalse(self._held())
        self.assertEqual(self._messages(), count + 1)

    def test_15_2_7_held_by_hand_it_stays_so(self):
        self.buyer.credit_hold = True
        self._invoice(self.buyer, 500.0)
        self.buyer.active = False
        count = self._messages()
        self.assertEqual(self._assess(self.buyer).grade, "e", "as long as it is held")
        self.assertEqual(self._messages(), count)
        self.assertTrue(self._held())

    def test_15_2_7_the_night_finds_archived_customers(self):
        self._invoice(self.buyer, 500.0, 120)
        self.buyer.active = False
        found = self.env["res.partner"]._find_credit_customers(self.company)
        self.assertIn(self.buyer.id, found)

    def test_15_2_7_an_archived_contact_shows_what_holds(self):
        contact = self._customer("Contact", is_company=False, parent_id=self.buyer.id)
        contact.active = False
        self.buyer.credit_hold = True
        self.assertTrue(self._held(contact))
        self.buyer.credit_hold = False
        self.assertFalse(self._held(contact))

    def _branch(self):
        branch = self._create_company("Branch", self.cny, parent_id=self.company.id)
        self.env.user.company_ids |= branch
        return branch

    def test_15_2_7_what_is_owed_to_a_closed_branch(self):
        branch = self._branch()
        self.product.company_id = False
        self._order_of(self.buyer, 50.0, company_id=branch.id).action_confirm()
        branch.active = False
        found = self.env["res.partner"]._find_credit_customers(self.company)
        self.assertIn(self.buyer.id, found)
        self.assertEqual(self._assess(self.buyer).exposure, 50.0)

    def test_15_2_7_a_branch_that_is_opened_again_knows_the_hold(self):
        branch = self._branch()
        branch.active = False
        self.buyer.credit_hold = True
        self._invoice(self.buyer, 10.0)
        self._assess(self.buyer)
        branch.active = True
        self.assertTrue(self._held(company=branch))
        self.assertTrue(self.buyer.with_company(branch).credit_assessment_id)

    def test_15_2_7_an_archived_customers_limit_and_transfer(self):
        """Archived in between, it sheds nothing: neither the side that it left."""
        clean = self._customer("Clean")
        self.buyer.credit_hold = True
        seller = self.seller
        self.buyer.with_user(seller).write({"is_company": False, "parent_id": clean.id})
        self.buyer.active = False
        self.env.invalidate_all()
        transfer = self.env["credit.transfer"].search(
            [("partner_id", "=", self.buyer.id)]
        )
        self.assertEqual(transfer.state, "requested")
        check = self.env["credit.policy"]._check(self._order_of(clean, 10.0))
        codes = [
            reason.code for checked in check.values() for reason in checked.reasons
        ]
        self.assertIn("on_hold", codes)

    def test_15_2_7_an_archived_salesperson_is_asked_nothing(self):
        """Who decides on a move is somebody who is there."""
        self.decider.active = False
        clean = self._customer("Clean")
        self.buyer.credit_hold = True
        self.buyer.with_user(self.seller).write(
            {"is_company": False, "parent_id": clean.id}
        )
        transfer = self.env["credit.transfer"].search(
            [("partner_id", "=", self.buyer.id)]
        )
        self.assertNotIn(self.decider, transfer.activity_ids.user_id)
        self.assertIn(self.second, transfer.activity_ids.user_id)
