from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_closing = fields.Boolean(
        string="Revaluation and Weekly Flow",
        implied_group="multicurrency_crm.group_multicurrency_closing",
        group="multicurrency_crm.group_user",
    )
    revaluation_journal_id = fields.Many2one(
        related="company_id.revaluation_journal_id", readonly=False
    )
    revaluation_asset_account_id = fields.Many2one(
        related="company_id.revaluation_asset_account_id", readonly=False
    )
    revaluation_liability_account_id = fields.Many2one(
        related="company_id.revaluation_liability_account_id", readonly=False
    )
    revaluation_gain_account_id = fields.Many2one(
        related="company_id.revaluation_gain_account_id", readonly=False
    )
    revaluation_loss_account_id = fields.Many2one(
        related="company_id.revaluation_loss_account_id", readonly=False
    )
    revaluation_method = fields.Selection(
        related="company_id.revaluation_method", readonly=False, required=True
    )
    revaluation_reversal = fields.Selection(
        related="company_id.revaluation_reversal", readonly=False, required=True
    )
    revaluation_rate_kind = fields.Selection(
        related="company_id.revaluation_rate_kind", readonly=False, required=True
    )
    revaluation_by_partner = fields.Boolean(
        related="company_id.revaluation_by_partner", readonly=False
    )
    revaluation_advances = fields.Selection(
        related="company_id.revaluation_advances", readonly=False, required=True
    )
    revaluation_four_eyes = fields.Boolean(
        related="company_id.revaluation_four_eyes", readonly=False
    )
    flow_weekly = fields.Boolean(related="company_id.flow_weekly", readonly=False)
    flow_four_eyes = fields.Boolean(related="company_id.flow_four_eyes", readonly=False)
