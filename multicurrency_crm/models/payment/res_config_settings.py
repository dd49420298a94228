from odoo import api, fields, models

from ..common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_payment = fields.Boolean(
        string="Payment Routes, Plans and Forecast",
        implied_group="multicurrency_crm.group_multicurrency_payment",
        group="multicurrency_crm.group_user",
    )
    promise_grace_days = fields.Integer(
        related="company_id.promise_grace_days", readonly=False
    )
    promise_on_portal = fields.Boolean(
        related="company_id.promise_on_portal", readonly=False
    )
    promise_user_id = fields.Many2one(
        related="company_id.promise_user_id", readonly=False
    )

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        waiting = self.env["payment.promise"].sudo().search([("state", "=", "open")])
        if waiting:
            reason = self.env._(
                "Payment Routes, Plans and Forecast can't be switched off while "
                "promises are open (%(count)s): wait until they are kept or broken.",
                count=len(waiting),
            )
            running["group_multicurrency_payment"] = UnderWay(reason, waiting)
        return running
