from datetime import timedelta

from odoo.tests import tagged

from ..common import TourCase
from .revaluation_common import RevaluationCommon


@tagged("post_install", "-at_install")
class TestRevaluationTour(RevaluationCommon, TourCase):
    """A month is revalued, posted, read and taken back: in a real browser."""

    def test_finance_closes_a_month(self):
        clerk = self._clerk("closing_keeper")
        self.books.revaluation_reversal = "next_day"
        _first, end = self.books._get_last_period("monthly")
        sold = end - timedelta(days=12)
        self._price(self.usd, sold, 7.10)
        self._price(self.usd, end, 7.15)
        self._invoice(1000, self.usd, sold)
        self.start_tour(
            "/odoo/revaluations", "multicurrency_crm_revaluation", login=clerk.login
        )
        run = self.env["fx.revaluation"].search([("company_id", "=", self.books.id)])
        self.assertEqual((run.state, run.delta), ("cancelled", 50.0))
        self.assertEqual(self._unrealised(), 0.0)
