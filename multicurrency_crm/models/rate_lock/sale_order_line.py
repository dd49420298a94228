from odoo import api, fields, models
from odoo.tools import float_compare

from .res_currency import at_locked_pair

#: What a line sells; events and their tickets are other modules'.
SOLD = ("product_id", "event_ticket_id", "event_booth_category_id")


class SaleOrderLine(models.Model):
    """A line of an order at a locked rate: its price, and its part of the agreement."""

    _inherit = "sale.order.line"

    # {"price": unit price, "uom": id of its unit, "sold": ids of what is sold}
    kept_price = fields.Json(
        copy=False,
        guarded=True,
        help="Technical: the unit price that somebody chose to keep when the rate was "
        "locked, or that stayed when it was released. Another quantity doesn't change "
        "it; Update Prices, or another product, does.",
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_lock_room()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"product_uom_qty", "price_unit", "discount", "tax_ids"} & vals.keys():
            self._check_lock_room()
        if not set(SOLD).isdisjoint(vals):
            self.filtered(
                lambda line: line.kept_price and not line._sells_what_was_kept()
            )._drop_kept_price()
        return result

    def _check_lock_room(self):
        """Check that a confirmed order grows only as far as its agreement has room.

        :raises UserError: as for ``sale.order._check_lock_room``
        """
        orders = self.order_id.filtered(
            lambda order: order.locked_rate and order.state == "sale"
        )
        orders._check_lock_room()

    # === PRICES THAT ARE KEPT === #

    def _keep_price(self):
        """Keep the unit prices and discounts of these lines until somebody asks for new
        ones: Odoo takes the list's anew, at the rate of that moment, when a quantity
        changes."""
        for line in self:
            rewards = "reward_id" in line._fields and line.reward_id
            if line.product_id and not line.is_downpayment and not rewards:
                kept = {
                    "price": line.price_unit,
                    "uom": line.product_uom_id.id,
                    "sold": line._get_sold(),
                }
                line._write_guarded({"kept_price": kept})

    def _drop_kept_price(self):
        """Let the list give these prices again."""
        kept = self.filtered("kept_price")
        real = kept.filtered("id")
        real._write_guarded({"kept_price": False})
        (kept - real).kept_price = False  # lines of a form

    def _get_sold(self):
        return [self[name]._origin.id for name in SOLD if name in self._fields]

    def _sells_what_was_kept(self):
        return self.kept_price.get("sold") == self._get_sold()

    def _get_kept_price(self):
        """Return the price that was kept, in the unit of measure that the line has."""
        kept, uom = self.kept_price, self.product_uom_id
        old = uom.browse(kept["uom"]).exists()
        if not old or not uom or old == uom._origin:
            return kept["price"]
        return old._compute_price(kept["price"], uom)

    def _is_other_price(self, price):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return bool(float_compare(self.price_unit, price, precision_digits=digits))

    def _filter_kept(self):
        """Filter the lines whose price was kept; one that was typed since is Odoo's
        matter."""
        return self.filtered(
            lambda line: (
                line.kept_price
                and line._sells_what_was_kept()
                and not line._is_other_price(line.technical_price_unit)
            )
        )

    def _compute_price_unit(self):
        """Leave alone what was kept. In another unit of measure it costs as much."""
        if self.env.context.get("force_price_recomputation"):
            self._drop_kept_price()
            return super()._compute_price_unit()
        kept = self._filter_kept()
        for line in kept.with_context(sale_write_from_compute=True):
            if line._is_other_price(price := line._get_kept_price()):
                line.update({"price_unit": price, "technical_price_unit": price})
        return super(SaleOrderLine, self - kept)._compute_price_unit()

    def _compute_discount(self):
        return super(SaleOrderLine, self - self._filter_kept())._compute_discount()

    # === PRICES === #

    def _at_pricing_rate(self):
        """Return the line in a context in which money converts at its order's pricing
        rate."""
        return at_locked_pair(self, self.order_id._get_locked_pair())

    def _compute_field_value(self, field):
        # pending fields of other orders' lines are computed along, at their own rates
        line = at_locked_pair(self, None)
        return super(SaleOrderLine, line)._compute_field_value(field)

    def _get_display_price(self):
        return super(SaleOrderLine, self._at_pricing_rate())._get_display_price()

    # Odoo takes the ratio of these two for the discount: both are at the order's rate

    def _get_pricelist_price(self):
        return super(SaleOrderLine, self._at_pricing_rate())._get_pricelist_price()

    def _get_pricelist_price_before_discount(self):
        line = self._at_pricing_rate()
        return super(SaleOrderLine, line)._get_pricelist_price_before_discount()

    def _get_combo_item_display_price(self):
        """Convert the extra prices of a combo, too: Odoo adds them as they stand, in
        the product's currency."""
        if not self.order_id._get_pricing_rate():
            return super()._get_combo_item_display_price()
        # base_price isn't stored, and its cache is shared by all contexts: it is
        # computed at the market's rates
        combos = self._get_linked_line().product_template_id.sudo().combo_ids
        at_locked_pair(combos, None).mapped("base_price")
        line = self._at_pricing_rate()
        price = super(SaleOrderLine, line)._get_combo_item_display_price()
        product = line.product_id
        extra = (
            line.combo_item_id.extra_price
            + product._get_no_variant_attributes_price_extra(
                line.product_no_variant_attribute_value_ids
            )
        )
        return price - extra + line._convert_to_sol_currency(extra, product.currency_id)

    def _get_product_catalog_lines_data(self, **kwargs):
        if len(self) < 2:  # none, or a line with its own price
            return super()._get_product_catalog_lines_data(**kwargs)
        order = self.order_id[:1]
        lines = at_locked_pair(self, order._get_locked_pair())
        return super(SaleOrderLine, lines)._get_product_catalog_lines_data(**kwargs)

    def _convert_to_sol_currency(self, amount, currency):
        line = self._at_pricing_rate()
        return super(SaleOrderLine, line)._convert_to_sol_currency(amount, currency)

    def _scale_cost(self, factor):
        """Carry along the costs that sale_margin stores in the order's currency.

        :param factor: new rate of the order / rate that the cost was converted at
        """
        for line in self:
            line.purchase_price *= factor
