from odoo import api, models


class SaleOrderLine(models.Model):
    """A confirmed order grows as far as its rate agreement has room."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_lock_room()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"product_uom_qty", "price_unit", "discount", "tax_ids"} & vals.keys():
            self._check_lock_room()
        return result

    def _check_lock_room(self):
        orders = self.order_id.filtered(
            lambda order: order.locked_rate and order.state == "sale"
        )
        orders._check_lock_room()
