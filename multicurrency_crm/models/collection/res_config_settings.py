from odoo import api, fields, models

from ..common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_collection = fields.Boolean(
        string="Collection",
        implied_group="multicurrency_crm.group_multicurrency_collection",
        group="multicurrency_crm.group_user",
    )
    collection_propose = fields.Selection(
        related="company_id.collection_propose", readonly=False, required=True
    )

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("parent_id", "=", False), ("collection_propose", "!=", "off")])
        )
        if companies:
            reason = self.env._(
                "Collection can't be switched off while companies have letters "
                "prepared every day or week (%(count)s): let them be prepared by hand "
                "first.",
                count=len(companies),
            )
            # no records: a company's own form doesn't show its settings
            running["group_multicurrency_collection"] = UnderWay(
                reason, companies.browse()
            )
        return running
