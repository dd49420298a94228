from odoo import models
from odoo.tools import float_compare


class AccountMoveLine(models.Model):
    """Costs that are invoiced on at an order's rate, and what a credit note says about
    the goods."""

    _inherit = "account.move.line"

    def _sale_get_invoice_price(self, order):
        return super()._sale_get_invoice_price(order._at_pricing_rate())

    # === WHAT THE LOCK OF AN ORDER COUNTS === #

    def _get_amount_at(self, lock):
        """Return what this line adds to what was invoiced at a lock, in its basis:
        Decimal, below zero for what is credited."""
        amount = (
            self.price_subtotal if lock.cap_basis == "untaxed" else self.price_total
        )
        return -self.move_id.direction_sign * lock._to_exact(amount)

    def _get_credit_kind(self, order):
        """Return what this line of a credit note does to the draw of an order: gives it
        back ('returned'), until the order's end only ('undone'), or not ('rebated').

        What came back after the end of the lock gives nothing back.
        """
        sold = (self.sale_line_ids & order.order_line)[:1]
        if sold.is_downpayment:
            return "undone"
        lock = order.rate_lock_id
        in_time = (self.move_id.invoice_date or self.date) <= lock.date_end
        if in_time and order.company_id.lock_rebate_returns:
            return "returned"
        if not self._is_at_full_price(sold):
            return "rebated"
        if not self._is_taken_back(sold):
            return "undone"
        return "returned" if in_time else "rebated"

    def _is_at_full_price(self, sold):
        """Return whether this line credits at the price at which an order line sold."""
        full = sold.price_unit * (1 - sold.discount / 100)
        credited = self.price_unit * (1 - self.discount / 100)
        return not self.currency_id.compare_amounts(full, credited)

    def _is_taken_back(self, sold):
        """Return whether this line credits goods that came back, or were never
        delivered: no more is left delivered of an order line than was kept."""
        unit = sold.product_uom_id
        back = self.product_uom_id._compute_quantity(self.quantity, unit)
        kept = sold.product_uom_qty - back
        rounding = unit.rounding or 0.01
        return float_compare(sold.qty_delivered, kept, precision_rounding=rounding) <= 0
