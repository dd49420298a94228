from odoo import models

from ...models.currency.sale_order import PERCENT


class SaleOrderDiscount(models.TransientModel):
    """A global discount in percent knows its percentage, for when prices change."""

    _inherit = "sale.order.discount"

    def _prepare_global_discount_so_lines(self, base_lines):
        vals_list = super()._prepare_global_discount_so_lines(base_lines)
        if self.discount_type == "so_discount":
            for vals in vals_list:
                vals["extra_tax_data"] = {
                    **(vals.get("extra_tax_data") or {}),
                    PERCENT: [self.discount_percentage, vals["price_unit"]],
                }
        return vals_list
