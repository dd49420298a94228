from odoo import api, fields, models
from odoo.tools import SQL

from .credit_policy import GRADES

#: what makes an assessment another one, and by how much of it at least; the rest
#: follows from these
TELLING = {
    "score": 0.0,
    "grade": 0.0,
    "is_manual": 0.0,
    "exposure": 0.0,
    "overdue": 0.0,
    "limit_amount": 0.0,
    "limit_original": 0.0,
    "limit_currency_id": 0.0,
    "has_limit": 0.0,
    "suggested_limit": 0.0,
    "expected_payment_days": 0.0,
    # moves with every rate that comes
    "fx_at_risk": 0.05,
    "fx_at_risk_weighted": 0.05,
    "ceilings": 0.0,
    "currencies": 0.0,
}


class CreditAssessment(models.Model):
    """What was known of a customer's credit on a day on which it changed.

    Apart from the partner, so that the nightly run doesn't write every partner.
    """

    _name = "credit.assessment"
    _description = "Credit Assessment"
    _inherit = ["guarded.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("credit.policy", readonly=True, ondelete="set null")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    checked_on = fields.Date(
        readonly=True, help="When somebody last assessed anew, and nothing had changed."
    )
    score = fields.Float(
        readonly=True, aggregator="avg", help="0 to 100; higher is safer."
    )
    grade = fields.Selection(GRADES, readonly=True)
    is_rated = fields.Boolean(
        "Rated", readonly=True, help="Three settled invoices tell how a customer pays."
    )
    settled = fields.Integer(
        "Settled Invoices", readonly=True, aggregator=None, help="By money, ever."
    )
    is_manual = fields.Boolean("Grade by Hand", readonly=True)
    exposure = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    has_limit = fields.Boolean(readonly=True)
    limit_amount = fields.Monetary("Limit", readonly=True)
    limit_original = fields.Monetary(
        "Limit in Its Currency", readonly=True, currency_field="limit_currency_id"
    )
    limit_currency_id = fields.Many2one("res.currency", readonly=True)
    available = fields.Monetary(
        readonly=True, help="Limit − exposure; 0 where no limit is set."
    )
    fx_at_risk = fields.Monetary(
        "Currency Risk",
        readonly=True,
        help="What the currencies of this exposure may cost within 21 trading days, "
        "in 95 of 100 cases at most, by the movements of 250 days.",
    )
    fx_at_risk_weighted = fields.Monetary(
        "Currency Risk, Lately",
        readonly=True,
        help="The same, each day weighing less the longer it is gone (λ = 0.94): it "
        "tells sooner that a currency has become restless, or calm.",
    )
    suggested_limit = fields.Monetary(readonly=True)
    expected_payment_days = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Days after the due date on which this customer pays; below 0: before.",
    )
    rate_date = fields.Date(
        "Rates Of", readonly=True, help="Oldest day of the rates that were used."
    )
    factors = fields.Json(readonly=True)
    ceilings = fields.Json(readonly=True)
    currencies = fields.Json(readonly=True)

    _one_a_day = models.Constraint(
        "UNIQUE (partner_id, company_id, date)",
        "A customer has one assessment a day in each company.",
    )
    _company_date = models.Index("(company_id, date)")

    @api.autovacuum
    def _gc_old(self):
        """Each customer's newest one is kept, whatever its age."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM credit_assessment a
                    USING res_company c
                    WHERE c.id = a.company_id
                      AND a.date < CURRENT_DATE - (
                          SELECT MAX(p.retention_months) * INTERVAL '1 month'
                            FROM credit_policy p
                           WHERE p.company_id = c.id AND p.active
                          HAVING MIN(p.retention_months) > 0)
                      AND EXISTS (SELECT FROM credit_assessment n
                                   WHERE n.partner_id = a.partner_id
                                     AND n.company_id = a.company_id
                                     AND n.date > a.date)"""
            )
        )
        # a run of long ago says nothing about what is recent
        self.env.cr.execute(
            SQL("DELETE FROM credit_assessment_chunk WHERE date < CURRENT_DATE - 400")
        )
        self.env.invalidate_all()


class CreditAssessmentChunk(models.Model):
    """Customers that one transaction of the nightly run assesses, by their ids.

    A worker takes a chunk that nobody else has, and commits it as done with what it
    found: a run that was killed goes on where it stopped, and nobody is done twice.
    """

    _name = "credit.assessment.chunk"
    _description = "Chunk of a Nightly Run"
    _inherit = ["guarded.mixin"]
    _order = "date desc, first_id"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    first_id = fields.Integer("First Customer", required=True, readonly=True)
    last_id = fields.Integer("Last Customer", required=True, readonly=True)
    customers = fields.Integer(readonly=True)
    done = fields.Boolean(readonly=True)

    _one_a_night = models.Constraint("UNIQUE (company_id, date, first_id)")

    @api.model
    def _find_last(self, partner_ids, company):
        """When a nightly run last looked at customers.

        :return: {commercial partner's id: day}
        """
        self.flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT p.id, MAX(c.date)
                         FROM UNNEST(%s::int[]) AS p (id)
                         JOIN credit_assessment_chunk c
                           ON p.id BETWEEN c.first_id AND c.last_id
                        WHERE c.company_id = %s AND c.done
                     GROUP BY p.id""",
                    list(partner_ids),
                    company.id,
                )
            )
        )
