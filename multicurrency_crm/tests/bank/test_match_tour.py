from odoo.tests import tagged

from ..common import TourCase
from .bank_common import BankCommon


class MatchTourCommon(BankCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-09-10", 7.20)
        cls.invoice = cls._invoice(10_000.0, cls.usd, "2026-08-15")
        cls._come(
            9_975.0,
            "2026-09-10",
            text=f"For {cls.invoice.name}",
            partner_name="NORTHWIND TRADERS",
        )
        cls.clerk = cls._clerk("matching_clerk")

    def _walk(self, path, tour):
        self.start_tour(f"/odoo/{path}", tour, login=self.clerk.login)

    def _check_undone(self):
        match = self.env["bank.match"].search([])
        self.assertEqual((match.state, match.charges), ("undone", 25.0))
        self.assertEqual(match.undone_by_id, self.clerk)
        self.assertEqual(self.invoice.payment_state, "not_paid")


@tagged("post_install", "-at_install")
class TestMatchTour(MatchTourCommon):
    """A receipt matched and undone, in a real browser."""

    def test_finance_matches_a_receipt(self):
        self._walk("receipts-to-match", "multicurrency_crm_match_receipt")
        self._check_undone()


@tagged("post_install", "-at_install")
class TestMatchByHandTour(BankCommon, TourCase):
    """A receipt of which nothing is known: the customer is chosen, a proposal taken."""

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


@tagged("post_install", "-at_install")
class TestMatchPhoneTour(MatchTourCommon):
    """The same on a phone: what it pays, and the buttons, are on its screen."""

    browser_size = "390x844"
    touch_enabled = True

    def test_finance_matches_a_receipt(self):
        self._walk("receipts-to-match", "multicurrency_crm_match_receipt_phone")
        self.assertEqual(self.invoice.payment_state, "paid")
        self._walk("matched-receipts", "multicurrency_crm_undo_match_phone")
        self._check_undone()
