from odoo import api, fields, models

from ..common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_payment = fields.Boolean(
        string="Payment Routes, Plans and Forecast",
        implied_group="multicurrency_crm.group_multicurrency_payment",
        group="multicurrency_crm.group_user",
    )

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        routes = self.env["payment.route"].sudo().search([])
        if routes:
            reason = self.env._(
                "Payment Routes, Plans and Forecast can't be switched off while there "
                "are payment routes (%(count)s): archive these first.",
                count=len(routes),
            )
            running["group_multicurrency_payment"] = UnderWay(reason, routes)
        return running
