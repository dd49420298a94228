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

    def _find_currency_lists(self):
        """With those that counted before this customer was moved, until somebody has
        decided."""
        customer = self.commercial_partner_id or self
        lists = super()._find_currency_lists()
        return [*lists, *self.env["credit.transfer"]._find_allowed_before(customer)]
