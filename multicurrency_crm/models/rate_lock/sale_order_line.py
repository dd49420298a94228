from odoo import models

from .res_currency import LOCKED_PAIR, LockedPair


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _with_locked_rate(self):
        """The line in a context in which prices convert at its order's locked rate."""
        self.ensure_one()
        order = self.order_id
        if not order.locked_rate:
            return self
        pair = LockedPair(
            order.company_id.currency_id.id, order.currency_id.id, order.locked_rate
        )
        return self.with_context(**{LOCKED_PAIR: pair})

    def _get_display_price(self):
        return super(SaleOrderLine, self._with_locked_rate())._get_display_price()

    # the discount is the ratio of these two: both at the same rate as the price

    def _get_pricelist_price(self):
        return super(SaleOrderLine, self._with_locked_rate())._get_pricelist_price()

    def _get_pricelist_price_before_discount(self):
        return super(
            SaleOrderLine, self._with_locked_rate()
        )._get_pricelist_price_before_discount()
