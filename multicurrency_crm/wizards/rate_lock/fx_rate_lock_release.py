from odoo import fields, models


class FxRateLockRelease(models.TransientModel):
    _name = "fx.rate.lock.release"
    _description = "Release of a Rate Lock"

    lock_id = fields.Many2one("fx.rate.lock", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_release(self):
        """Release the lock; its rights and the reason are checked there."""
        self.ensure_one()
        self.lock_id._release(self.reason)
        return {"type": "ir.actions.act_window_close"}
