from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    currency_from_country = fields.Boolean(
        related="company_id.currency_from_country", readonly=False
    )
    currency_policy = fields.Selection(
        related="company_id.currency_policy", readonly=False, required=True
    )
    print_currency_code = fields.Boolean(
        related="company_id.print_currency_code", readonly=False
    )
