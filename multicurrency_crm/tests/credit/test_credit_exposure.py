from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestExposureGathered(CreditCommon):
    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    # === RECEIVABLES === #

    def test_by_instalment(self):
        """Half after 10 days, half after 60, of 40 days ago (PEERS: overdue by
        instalment)."""
        terms = self._create_terms("Halves", 10, 60)
        self._invoice(self.buyer, 1000.0, 40, terms=terms)
        self.assertEqual(self._parts(self.buyer), {"not_due": 500.0, "days_30": 500.0})
        self.assertEqual(float(self._exposure(self.buyer).overdue(self.cny.id)), 500.0)

    def test_ages(self):
        for ago in (30, 31, 60, 61, 90, 91, 120, 121):
            self._invoice(self.buyer, 1000.0 + ago, ago)
        self.assertEqual(
            self._parts(self.buyer),
            {
                "not_due": 1030.0,
                "days_30": 2091.0,
                "days_60": 2151.0,
                "days_90": 2211.0,
                "older": 1121.0,
            },
        )

    def test_a_bank_charge_trips_nothing(self):
        """Above the floor, and above 1 % of the limit; each currency has its own."""
        self._invoice(self.buyer, 100.0, 90)
        overdue = self._exposure(self.buyer).overdue
        self.assertEqual(overdue(self.cny.id), 0)
        self._invoice(self.buyer, 101.0, 90)
        overdue = self._exposure(self.buyer).overdue
        self.assertEqual(overdue(self.cny.id), 201)
        limit = (Decimal(20_200), self.cny.id)
        self.assertEqual(overdue(self.cny.id, limit=limit), 0)
        self.policy.floor_ids = [
            Command.create({"currency_id": self.usd.id, "amount": 500})
        ]
        self._invoice(self.buyer, 400.0, 90, currency=self.usd)
        self.assertEqual(self._exposure(self.buyer).overdue(self.cny.id), 201)

    def test_disputed_counts_and_isnt_late(self):
        move = self._invoice(self.buyer, 1000.0, 200)
        move.action_credit_dispute()
        self.assertEqual(self._parts(self.buyer), {"disputed": 1000.0})
        self.assertEqual(self._exposure(self.buyer).overdue(self.cny.id), 0)
        move.action_credit_dispute_settled()
        self.assertEqual(self._parts(self.buyer), {"older": 1000.0})

    # === MONEY AND CREDITS === #

    def test_credits_pay_the_oldest_first(self):
        old = self._invoice(self.buyer, 1000.0, 100)
        self._invoice(self.buyer, 1000.0)
        self._credit_note(old, 700.0)
        self.assertEqual(self._parts(self.buyer), {"days_90": 300.0, "not_due": 1000.0})

    def test_credit_in_one_currency(self):
        """Pays nothing in another, unless the policy says so; below 0 never."""
        usd = self._invoice(self.buyer, 140.0, currency=self.usd)
        self._credit_note(usd, 280.0)  # 1,000 renminbi to the customer's credit
        self._invoice(self.buyer, 1500.0)
        self.assertEqual(self._total(self.buyer), 1500.0)
        self.policy.net_across_currencies = True
        self.assertEqual(self._total(self.buyer), 500.0)
        self._credit_note(usd, 500.0)
        self.assertEqual(self._total(self.buyer), 0.0)

    def test_an_advance_pays_for_an_order(self):
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        invoice = self._invoice(self.buyer, 400.0)
        self._credit_note(invoice, 1000.0)
        self.assertEqual(self._total(self.buyer), 400.0)

    def test_payments_in_process(self):
        """Registered money counts as received, unless the policy waits for the
        bank."""
        outstanding = self.env["account.account"].create(
            {
                "name": "Outstanding",
                "code": "OUT1",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        lines = self.bank.inbound_payment_method_line_ids
        for account in (outstanding, outstanding.browse()):
            lines.payment_account_id = account
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.buyer.id,
                    "amount": 400.0,
                    "journal_id": self.bank.id,
                }
            )
            payment.outstanding_account_id = account
            payment.action_post()
            self.assertEqual(payment.state, "in_process")
            self.assertEqual(bool(payment.move_id), bool(account))
        self._invoice(self.buyer, 1000.0)
        self.assertEqual(self._total(self.buyer), 200.0)
        self.policy.count_payments_in_process = False
        self.assertEqual(self._total(self.buyer), 1000.0)

    # === WHOSE === #

    def test_by_who_is_invoiced(self):
        payer = self._customer("Leasing")
        contact = self._customer("Desk", parent_id=payer.id, is_company=False)
        order = self._order_of(self.buyer, 1000.0, partner_invoice_id=contact.id)
        order.action_confirm()
        self.assertEqual(self._total(self.buyer), 0.0)
        self.assertEqual(self._total(payer), 1000.0)

    def test_security(self):
        for security, share in (
            ("prepaid", 0.0),
            ("letter_of_credit", 0.0),
            ("documents_against_payment", 0.5),
            ("open", 1.0),
        ):
            terms = self._create_terms(security, 30, credit_security=security)
            buyer = self._customer(security)
            order = self._order_of(buyer, 1000.0, payment_term_id=terms.id)
            order.action_confirm()
            self.assertEqual(self._total(buyer), 1000.0 * share, security)
            order._create_invoices().action_post()
            self.assertEqual(self._total(buyer), 1000.0 * share, security)

    def test_another_company_and_a_branch(self):
        branch = self._create_company("Branch", self.cny, parent_id=self.company.id)
        self.product.company_id = False
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        self._order_of(self.buyer, 50.0, company_id=branch.id).action_confirm()
        other = self._order_of(
            self.buyer, 70.0, self.usd, company_id=self.other_company.id
        )
        other.with_company(self.other_company).action_confirm()
        self.assertEqual(self._total(self.buyer), 1050.0)
        branch.active = False
        self.assertEqual(self._total(self.buyer), 1050.0, "owed all the same")

    # === RATES === #

    def test_the_first_rate_of_the_month(self):
        """Limits don't flicker: the rate of the 3rd holds, until the next month's."""
        self._invoice(self.buyer, 280.0, currency=self.usd)
        self.assertEqual(self._total(self.buyer), 2000.0)
        self._set_rate(self.usd, TODAY.replace(day=3), 0.28)
        self._set_rate(self.usd, TODAY, 0.56)
        self.assertEqual(self._total(self.buyer), 1000.0)
        self.policy.rate_basis = "spot"
        self.assertEqual(self._total(self.buyer), 500.0)
        self.env["fx.rate.named"].create(
            {
                "company_id": self.company.id,
                "currency_id": self.usd.id,
                "kind": "credit",
                "rate": 0.1,
                "date": TODAY - 10 * DAY,
            }
        )
        self.policy.rate_basis = "named"
        self.assertEqual(self._total(self.buyer), 2800.0)

    def test_before_the_first_rate_of_the_month(self):
        """That of the month's first day holds, until one of the month is known."""
        self._invoice(self.buyer, 280.0, currency=self.usd)
        self._set_rate(self.usd, TODAY.replace(month=10, day=20), 0.28)
        self.assertEqual(self._total(self.buyer), 1000.0)
        self._set_rate(self.usd, TODAY + DAY, 0.1)
        self.assertEqual(self._total(self.buyer), 1000.0)
        self._set_rate(self.usd, TODAY, 0.56)
        self.assertEqual(self._total(self.buyer), 500.0)

    def test_without_a_rate(self):
        """Never taken at 1.0: it is named instead."""
        kwd = self._invoice(self.buyer, 5.0, currency=self.kwd)
        self.assertTrue(kwd)
        self.kwd.rate_ids.unlink()
        exposure = self._exposure(self.buyer)
        self.assertEqual(exposure.total(self.cny.id), 0)
        self.assertEqual(exposure.find_missing(self.cny.id), {self.kwd.id})
        self.assertEqual(exposure.find_missing(self.kwd.id), set())

    def test_queries_dont_grow(self):
        Exposure = self.env["credit.exposure"].sudo()

        def count(partners):
            scope = Exposure._get_scope(self.policy, self.company, partners.ids)
            before = self.env.cr.sql_log_count
            Exposure._gather(scope)
            return self.env.cr.sql_log_count - before

        many = self.buyer
        for number in range(20):
            buyer = self._customer(str(number))
            self._invoice(buyer, 100.0 + number)
            many |= buyer
        self.env.flush_all()
        count(self.buyer)
        self.assertEqual(count(many), count(self.buyer))
