from odoo import models

from .res_currency import LockedPair, at_locked_pair


class SaleOrder(models.Model):
    """List prices of a locked order are converted at its rate, by every door."""

    _inherit = "sale.order"

    def _get_pricing_rate(self):
        """The rate at which this order's list prices convert.

        :return: units of the order's currency for 1 unit of company currency: the
            locked rate, or the one of the agreement that an order which is still being
            made will take; 0.0 for the market's
        """
        locked_rate = self.sudo().locked_rate  # sudo: customers read prices, too
        if locked_rate or not self or self._origin:
            return locked_rate
        return self._find_agreement().rate

    def _get_locked_pair(self):
        """What a context says for prices of this order, or None (market)."""
        rate = self._get_pricing_rate()
        if not rate:
            return None
        return LockedPair(self.company_id.currency_id.id, self.currency_id.id, rate)

    def _at_pricing_rate(self):
        """The order in a context in which money converts at its pricing rate.

        For methods that compute a price and nothing else: whatever they write, or
        send, would take the context along.
        """
        return at_locked_pair(self, self._get_locked_pair())

    def _compute_field_value(self, field):
        # Computing one order's price may make another's pending fields computed, in
        # this context: they are at their own rates.
        return super(SaleOrder, at_locked_pair(self, None))._compute_field_value(field)

    # === CATALOG === #

    def _get_product_catalog_order_data(self, products, **kwargs):
        order = self._at_pricing_rate()
        return super(SaleOrder, order)._get_product_catalog_order_data(
            products, **kwargs
        )

    def _update_order_line_info(self, product_id, quantity, **kwargs):
        price = super()._update_order_line_info(product_id, quantity, **kwargs)
        if quantity or not self._get_pricing_rate():
            return price  # of the line
        product = self.env["product.product"].browse(product_id)
        if product in self.order_line.product_id:
            return price
        return self._get_product_catalog_order_data(product)[product.id]["price"]

    # === WHAT HANGS ON PRICES === #

    def _take_rate_lock(self, lock, reprice):
        """Rewards (sale_loyalty) and the cost of delivery hang on the prices that were
        converted again: as after Odoo's Update Prices, the former follow, and the form
        offers to update the latter."""
        result = super()._take_rate_lock(lock, reprice)
        fields = self.order_line._fields
        if reprice and "reward_id" in fields and self.order_line.reward_id:
            self._update_programs_and_rewards()
        if reprice and "is_delivery" in fields:
            self.recompute_delivery_price |= any(self.order_line.mapped("is_delivery"))
        return result

    def write(self, vals):
        """The cost of a line is known in company currency: it follows the order's rate
        into the currency in which sale_margin shows it. The price doesn't."""
        shows_cost = "purchase_price" in self.env["sale.order.line"]._fields
        if "locked_rate" not in vals or not shows_cost:
            return super().write(vals)
        rates = {order: order.currency_rate for order in self}
        result = super().write(vals)
        for order, rate in rates.items():
            if rate and order.currency_rate:
                order.order_line._scale_cost(order.currency_rate / rate)
        return result
