from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_bank = fields.Boolean(
        string="Receipts at the Bank",
        implied_group="multicurrency_crm.group_multicurrency_bank",
        group="multicurrency_crm.group_user",
    )
    receipt_charge_share = fields.Float(
        related="company_id.receipt_charge_share", readonly=False
    )
    receipt_charge_amount = fields.Monetary(
        related="company_id.receipt_charge_amount",
        readonly=False,
        currency_field="receipt_charge_currency_id",
    )
    receipt_charge_currency_id = fields.Many2one(
        related="company_id.receipt_charge_currency_id", readonly=False
    )
    receipt_charge_account_id = fields.Many2one(
        related="company_id.receipt_charge_account_id", readonly=False
    )
