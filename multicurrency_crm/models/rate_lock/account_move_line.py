from odoo import models

from ...engine.lock_capacity import CREDITED, INVOICED, LATE, REBATED, ZERO


class AccountMoveLine(models.Model):
    """Costs that are invoiced on at an order's rate, and what a credit note says about
    the goods."""

    _inherit = "account.move.line"

    def _sale_get_invoice_price(self, order):
        return super()._sale_get_invoice_price(order._at_pricing_rate())

    # === WHAT THE LOCK OF AN ORDER COUNTS === #

    def _get_amounts_at(self, lock):
        """Return what each of these lines adds to what was invoiced at a lock, in its
        basis: {line: Decimal}, below zero for what is credited.

        The lines of a document add up to its own total, however its taxes are rounded.
        """
        found = {}
        for move, lines in self.grouped("move_id").items():
            shares = move._split_total_at(lock)
            for line in lines:
                share = shares.get(line, ZERO)  # none of a section, or a note
                found[line] = -move.direction_sign * share
        return found

    def _get_posted_kind(self, order, amount):
        """Return what this posted line is to the draw of an order, as
        ``engine.lock_capacity`` names it, and its amount there.

        :param amount: that it adds
        """
        lock = order.rate_lock_id
        if amount >= 0 or self.move_id.move_type != "out_refund":
            return INVOICED, amount
        sold = (self.sale_line_ids & order.order_line)[:1]
        in_time = self._get_posted_day() <= lock.date_end
        if sold.is_downpayment or (in_time and order.company_id.lock_rebate_returns):
            return CREDITED, -amount
        if not self._is_at_full_price(sold):
            return REBATED, -amount
        # what came back after the end of the lock gives nothing back
        return CREDITED if in_time else LATE, -amount

    def _get_posted_day(self):
        return self.move_id.invoice_date or self.date

    def _is_at_full_price(self, sold):
        """Return whether this line credits at a price at which an order line is sold,
        or was invoiced."""
        invoiced = sold.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted" and line.move_id.move_type != "out_refund"
            )
        )
        credited = self.price_unit * (1 - self.discount / 100)
        return any(
            not self.currency_id.compare_amounts(
                line.price_unit * (1 - line.discount / 100), credited
            )
            for line in (*sold, *invoiced)
        )
