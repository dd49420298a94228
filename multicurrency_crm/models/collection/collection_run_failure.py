from odoo import fields, models


class CollectionRunFailure(models.Model):
    """A customer whose letters a run couldn't prepare, and why."""

    _name = "collection.run.failure"
    _description = "Letter That Wasn't Prepared"
    _inherit = ["guarded.mixin"]
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "collection.run", required=True, readonly=True, index=True, ondelete="cascade"
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
