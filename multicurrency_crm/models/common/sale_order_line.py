from odoo import models

from .goods_moved import is_goods_moved


class SaleOrderLine(models.Model):
    """What a line comes to, and what of it was delivered and invoiced."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "computed.mixin"]

    _computed_alone = frozenset(
        {
            "price_subtotal",
            "price_tax",
            "price_total",
            "invoice_lines",
            "invoice_status",
            "qty_delivered",
            "qty_delivered_method",
            "qty_invoiced",
            "qty_to_invoice",
            "untaxed_amount_invoiced",
            "untaxed_amount_to_invoice",
        }
    )
    # down payments are made by whoever invoices, carriers' lines by whoever sells
    _claimed_once = frozenset({"is_downpayment", "is_delivery", "is_expense"})

    def _is_entered(self, name, vals):
        if name != "qty_delivered":
            return super()._is_entered(name, vals)
        # nothing was delivered yet of what is new, but what its transfer brought
        return bool(vals[name]) and not is_goods_moved(self.env)

    def _is_computed_changed(self, name, vals):
        # Odoo lets people enter what was delivered of services
        if name == "qty_delivered" and self.qty_delivered_method == "manual":
            return False
        return super()._is_computed_changed(name, vals)
