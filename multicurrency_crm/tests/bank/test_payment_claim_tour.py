from odoo.tests import tagged

from ..common import TourCase
from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestPaymentClaimTour(ClaimCommon, TourCase):
    """Claimed by a salesperson, confirmed by finance: in a real browser."""

    def test_a_salesperson_claims_and_finance_confirms(self):
        invoice = self._bill(550.0, self.usd)
        self._bill(70.0, self.eur)
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        self.start_tour(
            "/odoo/receipts-to-claim",
            "multicurrency_crm_payment_claim",
            login=self.seller.login,
        )
        claim = self.env["payment.claim"].search([("payment_id", "=", payment.id)])
        self.assertEqual((claim.partner_id, claim.move_ids), (self.buyer, invoice))
        self.start_tour(
            "/odoo/receipts-to-claim",
            "multicurrency_crm_payment_claim_confirm",
            login=self.clerk.login,
        )
        self.assertEqual(claim.state, "confirmed")
        self.assertEqual(invoice.payment_state, "paid")
