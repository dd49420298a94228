from datetime import timedelta

from odoo.tests import tagged

from ..common import TourCase
from .test_statement_screens import FINANCE, ScreensCommon


@tagged("post_install", "-at_install")
class TestStatementTour(ScreensCommon, TourCase):
    """Made, verified, made again after a late entry: in a real browser."""

    def test_finance_closes_a_week(self):
        clerk = self._colleague("closing_clerk", FINANCE)
        self.start_tour(
            "/odoo/statements", "multicurrency_crm_statements", login=clerk.login
        )
        made = self.env["customer.statement"].search([])
        self.assertEqual(made.partner_id, self.buyer | self.others)
        self.assertEqual(set(made.mapped("state")), {"verified"})
        self.assertEqual(made.verified_by, clerk)
        mine = made.filtered(lambda statement: statement.partner_id == self.buyer)
        late = mine.date_to - timedelta(days=1)
        self._invoice(55.0, self.usd, late.isoformat())
        self.start_tour(
            f"/odoo/statements/{mine.id}",
            "multicurrency_crm_statements_again",
            login=clerk.login,
        )
        self.assertEqual(mine.state, "superseded")
        self.assertEqual(mine.superseded_by_ids.state, "verified")
