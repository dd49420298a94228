from odoo import fields, models


class CreditRule(models.Model):
    """Broken promises count among the incidents."""

    _inherit = "credit.rule"

    factor = fields.Selection(
        selection_add=[("incidents", "Open disputes and broken promises")]
    )
