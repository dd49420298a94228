from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import TourCase
from .bank_common import BankCommon


@tagged("post_install", "-at_install")
class TestMatchTour(BankCommon, TourCase):
    """A receipt matched and undone, in a real browser."""

    def test_finance_matches_a_receipt(self):
        self._price(self.usd, "2026-08-15", 7.10)
        self._price(self.usd, "2026-09-10", 7.20)
        invoice = self._invoice(10_000.0, self.usd, "2026-08-15")
        self._come(
            9_975.0,
            "2026-09-10",
            text=f"For {invoice.name}",
            partner_name="NORTHWIND TRADERS",
        )
        clerk = new_test_user(
            self.env,
            "matching_clerk",
            groups="base.group_user,multicurrency_crm.group_finance,"
            "account.group_account_invoice",
            company_id=self.books.id,
            company_ids=[Command.set(self.books.ids)],
        )
        self.start_tour(
            "/odoo/receipts-to-match",
            "multicurrency_crm_match_receipt",
            login=clerk.login,
        )
        match = self.env["bank.match"].search([])
        self.assertEqual((match.state, match.charges), ("undone", 25.0))
        self.assertEqual(match.undone_by_id, clerk)
        self.assertEqual(invoice.payment_state, "not_paid")
