from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_payment = fields.Boolean(
        string="Payment Routes, Plans and Forecast",
        implied_group="multicurrency_crm.group_multicurrency_payment",
        group="multicurrency_crm.group_user",
    )
