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
        with self.env["sale.order"]._one_change() as changed:
            lines = super().create(vals_list)
            changed.update(lines.order_id.ids)
        return lines

    def write(self, vals):
        with self.env["sale.order"]._one_change() as changed:
            changed.update(self.order_id.ids)
            # sudo: whether there is a lock is asked before rights are
            if "qty_delivered" in vals and any(
                self.order_id.sudo().mapped("locked_rate")
            ):
                vals = self._record_delivered(vals)
            result = super().write(vals)
            changed.update(self.order_id.ids)
            if not set(SOLD).isdisjoint(vals):
                self.filtered(
                    lambda line: line.kept_price and not line._sells_what_was_kept()
                )._drop_kept_price()
        return result

    def _record_delivered(self, vals):
        """Record first what was delivered: that is a fact, which no cap refuses,
        whatever is changed along with it.

        :return: the values that are left to be written
        """
        with self.order_id._one_fact():
            super().write({"qty_delivered": vals["qty_delivered"]})
        return {name: vals[name] for name in vals if name != "qty_delivered"}

    def unlink(self):
        with self.env["sale.order"]._one_change() as changed:
            changed.update(self.order_id.ids)
            locks = self.order_id._find_locks_invoiced_at()
            result = super().unlink()
            locks._count_besides()
        return result

    # === INVOICED === #

    def _is_posted(self, whole=False):
        """Return whether nothing more of this line is to be invoiced than is posted; a
        draft invoice changes nothing, and a rebate takes nothing back.

        :param bool whole: all that was ordered, whether it was delivered or not
        """
        self.ensure_one()
        ordered = self.product_uom_qty
        by_order = whole or self.product_id.invoice_policy == "order"
        due = ordered if by_order else self.qty_delivered
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        sign = -1 if ordered < 0 else 1  # what is taken back is credited
        posted = self.qty_invoiced_posted
        if ordered > 0:
            posted += self._get_rebated_quantity()
        return float_compare(sign * posted, sign * due, precision_digits=digits) >= 0

    def _get_rebated_quantity(self):
        """Return how much of this line posted credit notes made cheaper: Odoo takes it
        for goods that came back."""
        rebates = self.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.move_id.move_type == "out_refund"
                and not line._is_at_full_price(self)
            )
        )
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id)
            for line in rebates
        )

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
