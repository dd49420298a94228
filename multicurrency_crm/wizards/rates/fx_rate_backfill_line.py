from odoo import fields, models


class FxRateBackfillLine(models.TransientModel):
    """A day on which what was published differs from what the books hold."""

    _name = "fx.rate.backfill.line"
    _description = "Preview of a Differing Rate"
    _inherit = ["shown.records.mixin"]

    backfill_id = fields.Many2one(
        "fx.rate.backfill", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    fate = fields.Selection(
        selection=[
            ("held", "Held back"),
            ("replaced", "Replaced"),
            ("differing", "Corrected"),
            ("typed", "Typed, kept"),
        ],
        string="Becomes",
        readonly=True,
    )
    booked = fields.Char(string="In the Books", readonly=True)
    published = fields.Char(string="Published Rate", readonly=True)
    difference = fields.Float(
        readonly=True, help="How much more 1 unit of the currency is worth."
    )
    reason = fields.Text(string="Why", readonly=True)
