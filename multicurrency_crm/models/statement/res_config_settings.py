from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    statement_period = fields.Selection(
        related="company_id.statement_period", readonly=False, required=True
    )
    statement_weekday = fields.Selection(
        related="company_id.statement_weekday", readonly=False, required=True
    )
    statement_zero = fields.Selection(
        related="company_id.statement_zero", readonly=False, required=True
    )
    statement_four_eyes = fields.Boolean(
        related="company_id.statement_four_eyes", readonly=False
    )
    statement_age_first = fields.Integer(
        related="company_id.statement_age_first", readonly=False
    )
    statement_age_second = fields.Integer(
        related="company_id.statement_age_second", readonly=False
    )
    statement_age_third = fields.Integer(
        related="company_id.statement_age_third", readonly=False
    )
    statement_months_kept = fields.Integer(
        related="company_id.statement_months_kept", readonly=False
    )
