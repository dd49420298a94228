from odoo import fields, models


class FxForwardCancel(models.TransientModel):
    _name = "fx.forward.cancel"
    _description = "Cancellation of a Forward"

    forward_id = fields.Many2one("fx.forward", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_cancel(self):
        """Cancel the forward; its rights and the reason are checked there."""
        self.ensure_one()
        self.forward_id._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
