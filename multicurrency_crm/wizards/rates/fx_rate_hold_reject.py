from odoo import api, fields, models


class FxRateHoldReject(models.TransientModel):
    """Why held rates stay out of the books."""

    _name = "fx.rate.hold.reject"
    _description = "Rejection of Held Rates"

    hold_ids = fields.Many2many("fx.rate.hold", string="Rates", required=True)
    hold_count = fields.Integer(compute="_compute_hold_count")
    note = fields.Char(string="Why", required=True)

    @api.depends("hold_ids")
    def _compute_hold_count(self):
        for wizard in self:
            wizard.hold_count = len(wizard.hold_ids)

    def action_reject(self):
        """Reject them; rights are checked there."""
        self.ensure_one()
        return self.hold_ids.action_reject(self.note)
