from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_payment = fields.Boolean(
        string="Payment Routes, Plans and Forecast",
        implied_group="multicurrency_crm.group_multicurrency_payment",
        group="multicurrency_crm.group_user",
    )
    promise_grace_days = fields.Integer(
        related="company_id.promise_grace_days", readonly=False
    )
    promise_on_portal = fields.Boolean(
        related="company_id.promise_on_portal", readonly=False
    )
    promise_user_id = fields.Many2one(
        related="company_id.promise_user_id", readonly=False
    )
