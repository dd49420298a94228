from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_history = fields.Boolean(
        string="Bringing History In",
        implied_group="multicurrency_crm.group_multicurrency_history",
        group="multicurrency_crm.group_user",
    )
    history_journal_id = fields.Many2one(
        related="company_id.history_journal_id", readonly=False
    )
    history_account_id = fields.Many2one(
        related="company_id.history_account_id", readonly=False
    )
    history_four_eyes = fields.Boolean(
        related="company_id.history_four_eyes", readonly=False
    )
    history_keep_days = fields.Integer(
        related="company_id.history_keep_days", readonly=False
    )
