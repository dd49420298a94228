from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_lifecycle = fields.Boolean(
        string="Customers Over Time",
        implied_group="multicurrency_crm.group_multicurrency_lifecycle",
        group="multicurrency_crm.group_user",
    )
    lifecycle_followed = fields.Boolean(
        related="company_id.lifecycle_followed", readonly=False
    )
    lifecycle_dormant_days = fields.Integer(
        related="company_id.lifecycle_dormant_days", readonly=False
    )
    lifecycle_lost_days = fields.Integer(
        related="company_id.lifecycle_lost_days", readonly=False
    )
    suggestion_patience_days = fields.Integer(
        related="company_id.suggestion_patience_days", readonly=False
    )
    suggestion_least_share = fields.Float(
        related="company_id.suggestion_least_share", readonly=False
    )
    suggestion_soon_days = fields.Integer(
        related="company_id.suggestion_soon_days", readonly=False
    )
