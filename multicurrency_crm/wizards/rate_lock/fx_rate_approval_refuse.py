from odoo import fields, models


class FxRateApprovalRefuse(models.TransientModel):
    _name = "fx.rate.approval.refuse"
    _description = "Refusal of a Rate"

    approval_id = fields.Many2one("fx.rate.approval", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        """Refuse; rights and reason are checked there."""
        self.ensure_one()
        self.approval_id._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
