from odoo import fields, models


class FxForwardCancel(models.TransientModel):
    _name = "fx.forward.cancel"
    _description = "Cancellation of a Forward"
    _inherit = ["reason.wizard"]

    forward_id = fields.Many2one("fx.forward", required=True, readonly=True)

    def _apply(self):
        self.forward_id._cancel(self.reason)
