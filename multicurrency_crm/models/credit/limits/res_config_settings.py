from odoo import api, fields, models


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
        count = policies.search_count([("active", "=", True)])
        if count:
            running["group_multicurrency_credit"] = self.env._(
                "Credit can't be switched off while credit policies check orders, "
                "deliveries and invoices (%(count)s): archive these first.",
                count=count,
            )
        named = policies.search_count(
            [("active", "=", True), ("rate_basis", "=", "named")]
        )
        if named:
            running["group_multicurrency_named_rate"] = self.env._(
                "Other rates can't be switched off while credit policies convert at "
                "them (%(count)s): let these take the rate of the day first.",
                count=named,
            )
        return running
