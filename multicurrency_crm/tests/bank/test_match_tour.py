from odoo.tests import tagged

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
        clerk = self._clerk("matching_clerk")
        self.start_tour(
            "/odoo/receipts-to-match",
            "multicurrency_crm_match_receipt",
            login=clerk.login,
        )
        match = self.env["bank.match"].search([])
        self.assertEqual((match.state, match.charges), ("undone", 25.0))
        self.assertEqual(match.undone_by_id, clerk)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_finance_chooses_who_paid_and_takes_a_proposal(self):
        self._price(self.usd, "2026-08-15", 7.10)
        invoice = self._invoice(10_000.0, self.usd, "2026-08-15")
        self._come(10_000.0, "2026-09-10", partner_name="UNKNOWN REMITTER")
        clerk = self._clerk("choosing_clerk")
        self.start_tour(
            "/odoo/receipts-to-match",
            "multicurrency_crm_match_by_hand",
            login=clerk.login,
        )
        self.assertEqual(invoice.payment_state, "paid")
