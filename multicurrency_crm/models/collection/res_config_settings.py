from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_collection = fields.Boolean(
        string="Collection",
        implied_group="multicurrency_crm.group_multicurrency_collection",
        group="multicurrency_crm.group_user",
    )
