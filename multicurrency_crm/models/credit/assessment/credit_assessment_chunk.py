from odoo import api, fields, models
from odoo.tools import SQL


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
    first_id = fields.Integer(string="First Customer", required=True, readonly=True)
    last_id = fields.Integer(string="Last Customer", required=True, readonly=True)
    customers = fields.Integer(readonly=True)
    done = fields.Boolean(readonly=True)

    _one_a_night = models.Constraint("UNIQUE (company_id, date, first_id)")

    @api.model
    def _find_last(self, partner_ids, company):
        """Find when a nightly run last looked at customers.

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
