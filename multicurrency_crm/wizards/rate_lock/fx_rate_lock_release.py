from odoo import fields, models


class FxRateLockRelease(models.TransientModel):
    _name = "fx.rate.lock.release"
    _description = "Release of a Rate Lock"
    _inherit = ["reason.wizard"]

    lock_id = fields.Many2one("fx.rate.lock", required=True, readonly=True)

    def _apply(self):
        self.lock_id._release(self.reason)
