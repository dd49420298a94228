from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ...engine.customer_behaviour import MONTHS


class CreditBehaviour(models.AbstractModel):
    """Promises that were broken are incidents."""

    _inherit = "credit.behaviour"

    @api.model
    def _get_incident_queries(self, scope):
        queries = super()._get_incident_queries(scope)
        if not self.env["payment.promise"]._is_any():
            return queries
        self.env["payment.promise"].flush_model()
        return [
            *queries,
            SQL(
                """SELECT p.commercial_partner_id, COUNT(*)
                     FROM payment_promise b
                     JOIN %s p ON p.id = b.partner_id
                    WHERE b.state = 'broken' AND b.settled_on > %s
                      AND b.company_id = ANY(%s)
                      AND p.commercial_partner_id = ANY(%s)
                 GROUP BY 1""",
                scope.partners,
                scope.today - relativedelta(months=MONTHS),
                scope.company_ids,
                scope.partner_ids,
            ),
        ]
