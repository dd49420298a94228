from odoo import models

from .res_currency import get_locked_pair


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _compute_price_rule(self, products, quantity, *, currency=None, **kwargs):
        """Take the order's currency for callers that name none (delivery at a fixed
        price, expenses): Odoo would take the company's where there is no pricelist."""
        locked = get_locked_pair(self.env)
        if locked and not currency:
            currency = self.env["res.currency"].browse(locked.foreign_id)
        return super()._compute_price_rule(
            products, quantity, currency=currency, **kwargs
        )
