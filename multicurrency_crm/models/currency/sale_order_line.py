from odoo import fields, models
from odoo.tools import float_compare

from ...engine.prices import convert_price, round_price

# Unit prices may be finer than their currency: screws at 0.0312 USD.
PRICE_DIGITS = 8


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # {"shown": unit price as the last switch left it,
    #  "prices": {currency id: [unit price, list price]} of the currencies left}
    left_prices = fields.Json(copy=False)

    def _get_display_price(self):
        """A price without a pricelist rule is converted from the product's currency:
        in the customer's currency it is rounded as people quote."""
        price = super()._get_display_price()
        currency = self.order_id.currency_id
        converted = self.product_id.currency_id != currency
        if not (self.order_id.keep_currency and converted) or self.pricelist_item_id:
            return price
        return round_price(price, currency.decimal_places)

    def _filter_list_priced(self):
        """The lines whose unit price is what the pricelist, or the product, says.

        Core knows a typed price by ``technical_price_unit``, but not one that was given
        at creation: what the list says now settles that.
        """
        repriced = self.order_id._get_update_prices_lines() & self
        found = self.browse()
        for line in repriced.with_context(sale_write_from_compute=True):
            if not line.product_id or line.is_downpayment or line.qty_invoiced:
                continue
            typed, listed = line.price_unit, line.technical_price_unit
            if line.currency_id.compare_amounts(typed, listed):
                continue
            line._reset_price_unit()
            if not float_compare(typed, line.price_unit, precision_digits=PRICE_DIGITS):
                found |= line
            line.update({"price_unit": typed, "technical_price_unit": listed})
        return found.with_env(self.env)

    def _switch_currency(self, old, old_rate, relisted):
        """Carry the unit prices into the currency that the order has now.

        :param old: ``res.currency`` that the order had
        :param old_rate: units of ``old`` for 1 unit of company currency
        :param relisted: the lines that take their price from the order's pricelist;
            the others are converted once, from ``old_rate`` to the order's rate
        """
        if relisted:
            relisted.invalidate_recordset(["pricelist_item_id"])
        for line in self.with_context(sale_write_from_compute=True):
            new = line.order_id.currency_id
            left = line._get_left_prices()
            left[str(old.id)] = [line.price_unit, line.technical_price_unit]
            if str(new.id) in left:
                price, listed = left[str(new.id)]
                line.update({"price_unit": price, "technical_price_unit": listed})
            elif line in relisted:
                line._reset_price_unit()
            else:
                line._convert_price(old, old_rate)
            line.left_prices = {"shown": line.price_unit, "prices": left}

    def _get_left_prices(self):
        """Prices of the currencies left, if nobody changed the price since the switch:
        a price typed after it is the one that counts from then on."""
        left = self.left_prices
        if not left or float_compare(
            left["shown"], self.price_unit, precision_digits=PRICE_DIGITS
        ):
            return {}
        return dict(left["prices"])

    def _convert_price(self, old, old_rate):
        order = self.order_id
        price, listed = (
            convert_price(
                amount,
                old_rate,
                order.currency_rate,
                old.decimal_places,
                order.currency_id.decimal_places,
            )
            for amount in (self.price_unit, self.technical_price_unit)
        )
        if not old.compare_amounts(self.price_unit, self.technical_price_unit):
            listed = price
        self.update({"price_unit": price, "technical_price_unit": listed})
