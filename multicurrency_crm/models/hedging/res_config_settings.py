from odoo import api, fields, models

from ..common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_hedging = fields.Boolean(
        string="Forwards and Net Position",
        implied_group="multicurrency_crm.group_multicurrency_hedging",
        group="multicurrency_crm.group_user",
    )
    conversion_journal_id = fields.Many2one(
        related="company_id.conversion_journal_id", readonly=False
    )
    conversion_bank_legs = fields.Selection(
        related="company_id.conversion_bank_legs", readonly=False, required=True
    )
    conversion_gain_account_id = fields.Many2one(
        related="company_id.conversion_gain_account_id", readonly=False
    )
    conversion_loss_account_id = fields.Many2one(
        related="company_id.conversion_loss_account_id", readonly=False
    )
    conversion_charges_account_id = fields.Many2one(
        related="company_id.conversion_charges_account_id", readonly=False
    )
    forward_result_account_id = fields.Many2one(
        related="company_id.forward_result_account_id", readonly=False
    )
    forward_carried_account_id = fields.Many2one(
        related="company_id.forward_carried_account_id", readonly=False
    )

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        active = self.env["fx.forward"].sudo().search([("state", "=", "active")])
        if active:
            reason = self.env._(
                "Forwards and Net Position can't be switched off while forwards are "
                "active (%(count)s): settle or cancel these first.",
                count=len(active),
            )
            running["group_multicurrency_hedging"] = UnderWay(reason, active)
        return running
