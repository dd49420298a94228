from odoo import api, fields, models

from ..common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_statement = fields.Boolean(
        string="Statements and Ageing",
        implied_group="multicurrency_crm.group_multicurrency_statement",
        group="multicurrency_crm.group_user",
    )
    statement_period = fields.Selection(
        related="company_id.statement_period", readonly=False, required=True
    )
    statement_weekday = fields.Selection(
        related="company_id.statement_weekday", readonly=False, required=True
    )
    statement_zero = fields.Selection(
        related="company_id.statement_zero", readonly=False, required=True
    )
    statement_four_eyes = fields.Boolean(
        related="company_id.statement_four_eyes", readonly=False
    )
    statement_age_first = fields.Integer(
        related="company_id.statement_age_first", readonly=False
    )
    statement_age_second = fields.Integer(
        related="company_id.statement_age_second", readonly=False
    )
    statement_age_third = fields.Integer(
        related="company_id.statement_age_third", readonly=False
    )
    statement_months_kept = fields.Integer(
        related="company_id.statement_months_kept", readonly=False
    )

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        making = (
            self.env["res.company"]
            .sudo()
            .search([("parent_id", "=", False), ("statement_period", "!=", "off")])
        )
        if making:
            reason = self.env._(
                "Statements and Ageing can't be switched off while companies have "
                "statements made every week or month (%(count)s): let them be made by "
                "hand first.",
                count=len(making),
            )
            # no records: a company's own form doesn't show its settings
            running["group_multicurrency_statement"] = UnderWay(reason, making.browse())
        return running
