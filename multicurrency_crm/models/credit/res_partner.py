from odoo import fields, models


class ResPartner(models.Model):
    """What a customer may owe."""

    _inherit = "res.partner"

    credit_limit_ids = fields.One2many(
        "credit.limit",
        "partner_id",
        string="Credit Limits",
        groups="multicurrency_crm.group_finance",
    )
