from odoo import api, models
from odoo.exceptions import AccessError

from .carriers_charge import is_carriers_charge

#: What changes the amount of a line.
GROWING = {"product_id", "product_uom_id", "product_uom_qty", "price_unit"}
GROWING |= {"discount", "tax_ids", "order_id", "extra_tax_data", "qty_delivered"}


class SaleOrderLine(models.Model):
    """Lines that make a confirmed order grow."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        if is_carriers_charge(self.env) or not self.env["credit.policy"]._is_used():
            return super().create(vals_list)
        # a default may name the order, too
        default = None
        if any("order_id" not in vals for vals in vals_list):
            default = self.default_get(["order_id"]).get("order_id")
        named = {vals.get("order_id", default) for vals in vals_list}
        orders = self.env["sale.order"].browse(filter(None, named))
        before = orders._weigh_credit()
        lines = super().create(vals_list)
        lines._check_taxes_computed()
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
        self._check_taxes_computed()
        point = "deliver" if vals.keys() <= {"qty_delivered"} else "confirm"
        orders._find_credit_growth(before)._check_credit_growth(point)
        return result

    def _check_taxes_computed(self):
        """Refuse amounts of taxes that a client brings along for what is sold: Odoo
        keeps such ones of deposits, which order nothing, and of discounts.

        :raises AccessError: with what to do instead
        """
        if self.env.su:
            return
        typed = self.filtered(
            lambda line: (
                line.extra_tax_data and line.product_uom_qty and line.price_unit > 0
            )
        )
        if typed and typed.order_id._filter_credit_checked():
            raise AccessError(
                self.env._(
                    "The taxes of what is sold are computed: enter the price, and the "
                    "taxes that apply."
                )
            )
