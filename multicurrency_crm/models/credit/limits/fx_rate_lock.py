from odoo import api, models


class FxRateLock(models.Model):
    """What was promised to a customer isn't taken by whoever was moved to it, until
    somebody has decided on the move."""

    _inherit = "fx.rate.lock"

    @api.model
    def _find_running(self, company, partner, currency):
        if self.env["credit.transfer"]._is_moving(company, partner):
            return self.browse()
        return super()._find_running(company, partner, currency)
