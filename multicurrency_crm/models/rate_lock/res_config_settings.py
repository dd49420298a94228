from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    lock_booking = fields.Selection(related="company_id.lock_booking", readonly=False)
    lock_days = fields.Integer(related="company_id.lock_days", readonly=False)
