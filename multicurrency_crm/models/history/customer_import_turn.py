from odoo import api, fields, models
from odoo.tools import SQL


class CustomerImportTurn(models.Model):
    """Whose turn it is to publish in a company: one row, which everybody who begins to
    publish updates, so that of two with one file only one does."""

    _name = "customer.import.turn"
    _description = "Turn to Publish"
    _inherit = ["guarded.mixin"]

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Integer(readonly=True)

    _key = models.Constraint("UNIQUE(company_id)", "A company has one turn.")

    @api.model
    def _take(self, company):
        """Take the turn of a company, for this transaction: who takes it at the same
        time is tried again by Odoo, and then sees what was published.

        :param company: ``res.company``
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_import_turn (company_id, number)
                   VALUES (%s, 1)
                   ON CONFLICT (company_id)
                   DO UPDATE SET number = customer_import_turn.number + 1""",
                company.id,
            )
        )
        self.invalidate_model()
