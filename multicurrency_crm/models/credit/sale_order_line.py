from odoo import api, models

from .carriers_charge import is_carriers_charge

#: What changes the amount of a line.
GROWING = {"product_id", "product_uom_id", "product_uom_qty", "price_unit"}
GROWING |= {"discount", "tax_ids", "order_id"}


class SaleOrderLine(models.Model):
    """Lines that make a confirmed order grow."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        if is_carriers_charge(self.env) or not self.env["credit.policy"]._is_used():
            return super().create(vals_list)
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        before = orders._weigh_credit()
        lines = super().create(vals_list)
        orders._find_credit_growth(before)._check_credit_growth()
        return lines

    def write(self, vals):
        if not (GROWING & vals.keys() and self.env["credit.policy"]._is_used()):
            return super().write(vals)
        if is_carriers_charge(self.env):
            return super().write(vals)
        orders = self.order_id | self.env["sale.order"].browse(vals.get("order_id"))
        before = orders._weigh_credit()
        result = super().write(vals)
        orders._find_credit_growth(before)._check_credit_growth()
        return result
