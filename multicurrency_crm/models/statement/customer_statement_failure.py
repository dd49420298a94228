from odoo import fields, models


class CustomerStatementFailure(models.Model):
    """A customer whose statement a run couldn't make, and why."""

    _name = "customer.statement.failure"
    _description = "Statement That Wasn't Made"
    _inherit = ["guarded.mixin"]
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "customer.statement.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    reason = fields.Char(readonly=True)
