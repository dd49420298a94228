from odoo import models


class AccountMoveLine(models.Model):
    """What is matched may be what somebody promised."""

    _inherit = "account.move.line"

    def _reconcile_post_hook(self, data):
        result = super()._reconcile_post_hook(data)
        self.env["payment.promise"]._follow_matched(self.move_id)
        return result
