from odoo import api, fields, models

from ...common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_credit = fields.Boolean(
        string="Credit",
        implied_group="multicurrency_crm.group_multicurrency_credit",
        group="multicurrency_crm.group_user",
    )

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        policies = self.env["credit.policy"].sudo()
        # settings are saved with archived records in sight
        active = policies.search([("active", "=", True)])
        if active:
            reason = self.env._(
                "Credit can't be switched off while credit policies check orders, "
                "deliveries and invoices (%(count)s): archive these first.",
                count=len(active),
            )
            running["group_multicurrency_credit"] = UnderWay(reason, active)
        if named := active.filtered(lambda policy: policy.rate_basis == "named"):
            reason = self.env._(
                "Reference rates can't be switched off while credit policies convert "
                "at them (%(count)s): let these take the rate of the day first.",
                count=len(named),
            )
            running["group_multicurrency_named_rate"] = UnderWay(reason, named)
        return running
