from odoo import api, models


class ResConfigSettings(models.TransientModel):
    """Choosing the locked rate for the books."""

    _inherit = "res.config.settings"

    @api.onchange("lock_booking")
    def _onchange_lock_booking(self):
        if self.lock_booking == "locked" and not self.lock_booking_from:
            self.lock_booking_from = self.company_id._get_today()
