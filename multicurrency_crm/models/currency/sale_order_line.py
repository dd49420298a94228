from odoo import fields, models
from odoo.tools import float_compare

from ...engine.prices import convert_price, round_price

# Unit prices may be finer than their currency: screws at 0.0312 USD.
PRICE_DIGITS = 8

#: A unit price, what core has to tell whether it was typed, and what the list gave.
PRICES = ("price_unit", "technical_price_unit", "listed_price")


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "guarded.mixin"]

    # {"shown": unit price as the last switch left it,
    #  "prices": {currency id: [price_unit, technical_price_unit, listed_price]}
    #  of the currencies left}
    left_prices = fields.Json(
        copy=False,
        guarded=True,
        groups="base.group_user",
        prefetch="switched",
    )
    # likewise of a typed cost: {"shown": unit cost, "costs": {currency id: it}}
    left_costs = fields.Json(
        copy=False,
        guarded=True,
        groups="base.group_user",
        prefetch="switched",
    )
    listed_price = fields.Float(
        help="Technical: the unit price as the list gave it last. Core's "
        "technical_price_unit is that, too, but for a price given by hand at creation.",
        groups="base.group_user",
    )

    def _add_precomputed_values(self, vals_list):
        given = ["price_unit" in vals for vals in vals_list]
        result = super()._add_precomputed_values(vals_list)
        for vals, by_hand in zip(vals_list, given, strict=True):
            if not by_hand:
                vals.setdefault("listed_price", vals.get("price_unit", 0.0))
        return result

    def _reset_price_unit(self):
        result = super()._reset_price_unit()
        if not self._is_price(self.listed_price):
            self.listed_price = self.price_unit
        return result

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
        """The lines whose unit price came from the pricelist, or the product, whatever
        these say, and the rate is, today."""
        found = self.browse()
        for line in self.order_id._get_update_prices_lines() & self:
            if not line.product_id or line.is_downpayment or line.qty_invoiced:
                continue
            if line._is_price(line.technical_price_unit) and line._is_list_priced():
                found |= line
        return found

    def _is_price(self, price):
        """Whether the unit price is this one, to the last digit that anyone types."""
        return not float_compare(self.price_unit, price, precision_digits=PRICE_DIGITS)

    def _is_list_priced(self):
        """Whether the list gave this price. Where nobody noted it (free of charge,
        older lines, a price given by code), what the list says now settles that."""
        if self.listed_price and self._is_price(self.listed_price):
            return True
        line = self.with_context(sale_write_from_compute=True)
        kept = {name: line[name] for name in PRICES}
        line._reset_price_unit()
        at_list = line._is_price(kept["price_unit"])
        line.update(kept)
        return at_list

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
            left[str(old.id)] = [line[name] for name in PRICES]
            if str(new.id) in left:
                line.update(dict(zip(PRICES, left[str(new.id)], strict=False)))
            elif line in relisted:
                line._reset_price_unit()
            else:
                line._convert_price(old, old_rate)
            left = {"shown": line.price_unit, "prices": left}
            line._write_guarded({"left_prices": left})

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
        of_list = self._is_price(self.listed_price)
        price, technical = (
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
            technical = price
        listed = price if of_list else 0.0
        self.update(dict(zip(PRICES, (price, technical, listed), strict=True)))

    # === COSTS THAT WERE TYPED (sale_margin) === #

    def _find_typed_costs(self):
        """Find the costs that somebody typed: Odoo's own, of the product, is computed
        again in another currency.

        :return: {line: unit cost in the order's currency}; empty where sale_margin
            isn't installed
        """
        typed = {}
        if "purchase_price" not in self._fields:
            return typed
        for line in self:
            cost = line.purchase_price
            line._compute_purchase_price()
            if float_compare(line.purchase_price, cost, precision_digits=PRICE_DIGITS):
                typed[line] = line.purchase_price = cost
        return typed

    def _switch_cost(self, cost, old, old_rate):
        """Carry a typed cost into the currency that the order has now, once; one that
        nobody touched since the last switch is what it was before.

        :param cost: unit cost in ``old``
        :param old: ``res.currency`` that the order had
        :param old_rate: units of ``old`` for 1 unit of company currency
        """
        order, left = self.order_id, self.left_costs or {}
        before = left.get("costs", {})
        if float_compare(left.get("shown", 0.0), cost, precision_digits=PRICE_DIGITS):
            before = {}
        self.purchase_price = before.get(str(order.currency_id.id)) or convert_price(
            cost,
            old_rate,
            order.currency_rate,
            old.decimal_places,
            order.currency_id.decimal_places,
        )
        left = {
            "shown": self.purchase_price,
            "costs": {**before, str(old.id): cost},
        }
        self._write_guarded({"left_costs": left})
