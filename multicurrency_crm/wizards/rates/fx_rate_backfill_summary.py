from odoo import fields, models


class FxRateBackfillSummary(models.TransientModel):
    """What would become of one currency's quotes in one company's books."""

    _name = "fx.rate.backfill.summary"
    _description = "Preview of Rates by Currency"
    _inherit = ["shown.records.mixin"]

    backfill_id = fields.Many2one(
        "fx.rate.backfill", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    first_day = fields.Date(readonly=True)
    last_day = fields.Date(readonly=True)
    newest = fields.Char(string="Rate on the Last Day", readonly=True)
    new = fields.Integer(readonly=True)
    same = fields.Integer(string="Unchanged", readonly=True)
    differing = fields.Integer(string="Corrected", readonly=True)
    typed = fields.Integer(readonly=True, help="Rates that a person typed stay.")
    aside = fields.Integer(
        string="Backup",
        readonly=True,
        help="Another provider comes first for these days, or one rate a month is "
        "booked: they are kept among the reference rates.",
    )
    held = fields.Integer(
        string="Held Back", readonly=True, help="Not booked until somebody decides."
    )
