from odoo import models
from odoo.tools import float_compare


class AccountMoveLine(models.Model):
    """Costs that are invoiced on at an order's rate, and what a credit note says about
    the goods."""

    _inherit = "account.move.line"

    def _sale_get_invoice_price(self, order):
        return super()._sale_get_invoice_price(order._at_pricing_rate())

    def _is_returned_at_full_price(self):
        """Return whether this line of a credit note takes back goods, or sets off what
        was never delivered, and does not only lower a price.

        The unit price is the order's, and no more is left delivered than was kept.
        """
        self.ensure_one()
        sold = self.sale_line_ids[:1]
        if not sold or sold.is_downpayment:
            return False
        full = sold.price_unit * (1 - sold.discount / 100)
        credited = self.price_unit * (1 - self.discount / 100)
        if self.currency_id.compare_amounts(full, credited):
            return False
        unit = sold.product_uom_id
        back = self.product_uom_id._compute_quantity(self.quantity, unit)
        kept = sold.product_uom_qty - back
        return (
            float_compare(
                sold.qty_delivered, kept, precision_rounding=unit.rounding or 0.01
            )
            <= 0
        )
