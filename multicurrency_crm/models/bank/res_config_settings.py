from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_bank = fields.Boolean(
        string="Receipts at the Bank",
        implied_group="multicurrency_crm.group_multicurrency_bank",
        group="multicurrency_crm.group_user",
    )
