from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .agreement_common import AgreementCommon


@tagged("post_install", "-at_install")
class TestBranchLocks(AgreementCommon):
    """Margins, exceptions and agreements of a main company in its branches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._found_branch("Harbour North")
        cls.product.company_id = False
        cls.seller = new_test_user(
            cls.env,
            "north_locker",
            groups="sales_team.group_sale_salesman,multicurrency_crm.group_user",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    def _quote(self, company, user=None):
        """A quotation in USD of a company, made by who works there alone."""
        Order = self._as(self.env["sale.order"], user or self.seller, company)
        return Order.create(
            {
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 100.0})
                ],
            }
        )

    def test_15_2_9_a_margin_entered_in_a_branch(self):
        Margin = self.env["fx.rate.margin"].with_company(self.branch)
        margin = Margin.create({"basis_points": 100})
        self.assertEqual(margin.company_id, self.company)
        for company in (self.company, self.branch, self._found_branch("Founded Later")):
            self.assertEqual(Margin._find_margin(company, self.usd, 14), 100)
        self.assertFalse(Margin._find_margin(self.other_company, self.usd, 14))
        with self.assertRaisesRegex(Exception, "change that one|unique"):
            Margin.create({"basis_points": 50, "company_id": self.branch.id})

    def test_15_2_9_a_quotation_of_a_branch_is_locked_with_the_margin(self):
        self.env["fx.rate.margin"].create({"basis_points": 100})
        order = self._quote(self.branch)
        order.action_lock_rate()
        lock = order.rate_lock_id.sudo()
        self.assertEqual((lock.company_id, lock.margin_bp), (self.branch, 100))
        # who works in the branch alone reads by how much the rate was moved
        self._work_alone(self.manager, self.branch)
        mine = self._as(self.env["fx.rate.margin"], self.manager, self.branch)
        self.assertEqual(mine.search([]).basis_points, 100)

    def test_15_2_9_when_a_branch_locks_is_said_by_the_main_company(self):
        self.company.lock_timing = "confirm"
        later = self._found_branch("Founded Later")
        self.assertEqual(self.customer._get_lock_timing(later), "confirm")
        self.customer.with_company(later).rate_lock_timing = "send"
        for company in (self.company, self.branch, later):
            self.assertEqual(self.customer._get_lock_timing(company), "send")
        self.assertEqual(self.customer._get_lock_timing(self.other_company), "manual")

    def test_15_2_9_a_branchs_order_takes_its_main_companys_agreement(self):
        agreement = self._agree(cap=10_000.0)
        later = self._found_branch("Founded Later", parent=self.branch)
        self.seller.company_ids |= later
        orders = self._quote(self.branch) | self._quote(later)
        for order in orders:
            self.assertEqual(order.rate_lock_id, agreement)
            self.assertAlmostEqual(order.locked_rate, agreement.rate, 14)
            here = order.with_context(allowed_company_ids=order.company_id.ids)
            here.action_confirm()
        self.assertEqual(agreement.amount_drawn, sum(orders.mapped("amount_total")))
        # what it says is read by who works in the branch alone
        self._work_alone(self.seller, self.branch)
        mine = self._as(agreement, self.seller, self.branch)
        mine.invalidate_recordset()
        self.assertTrue(mine.rate_display and mine.amount_available)
        self.assertTrue(mine.spot_rate)

    def test_15_2_9_the_invoice_of_a_branch_carries_the_agreement(self):
        agreement = self._agree()
        order = self._quote(self.branch, self.env.user)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        self.assertEqual(invoice.company_id, self.branch)
        self.assertEqual(invoice.rate_lock_id, agreement)
        invoice.action_post()
        self.assertEqual(invoice.locked_rate, agreement.rate)

    def test_15_2_9_an_agreement_of_a_branch_stays_below_it(self):
        agreement = self._agree(company_id=self.branch.id)
        below = self._found_branch("Below", parent=self.branch)
        beside = self._found_branch("Beside")
        self.seller.company_ids |= below | beside | self.company
        for company in (self.branch, below):
            self.assertEqual(self._quote(company).rate_lock_id, agreement)
        for company in (self.company, beside):
            self.assertFalse(self._quote(company).rate_lock_id)

    def test_15_2_9_locks_of_the_main_companys_orders_are_not_a_branchs(self):
        lock = self._lock(self._create_quotation())
        Lock = self._as(self.env["fx.rate.lock"], self.seller, self.branch)
        self.assertNotIn(lock, Lock.search([]))
        there = self._agree(company_id=self.other_company.id, currency_id=self.eur.id)
        self.assertNotIn(there, Lock.search([]))

    def test_15_2_9_booking_is_chosen_in_the_main_company(self):
        self.company.lock_booking = "locked"
        later = self._found_branch("Founded Later")
        for branch in self.branch | later:
            self.assertEqual(branch.lock_booking, "locked")
            self.assertEqual(branch.lock_booking_from, self.company.lock_booking_from)
            with self.assertRaises(ValidationError):
                branch.lock_booking = "market"
        self.assertEqual(self.other_company.lock_booking, "market")
