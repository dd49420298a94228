from odoo import models


class SaleOrderLine(models.Model):
    """What one unit of a line brings."""

    _inherit = "sale.order.line"

    def _get_credit_unit_price(self):
        """Return the price of one unit, discount and taxes included, in the order's
        currency; of a line that orders nothing, by Odoo's taxes."""
        self.ensure_one()
        if self.product_uom_qty:
            return self.price_total / self.product_uom_qty
        reduced = self.price_unit * (1 - (self.discount or 0) / 100)
        totals = self.tax_ids.compute_all(
            reduced, self.currency_id, 1, self.product_id, self.order_partner_id
        )
        return totals["total_included"]
