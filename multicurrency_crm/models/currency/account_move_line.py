from odoo import models


class AccountMoveLine(models.Model):
    """Costs that are invoiced on in the currency of their order."""

    _inherit = "account.move.line"

    def _sale_get_invoice_price(self, order):
        return super()._sale_get_invoice_price(order._in_own_currency())
