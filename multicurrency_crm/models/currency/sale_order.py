from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...engine.quoting import show_rate
from ..common.customer_present import is_customer_present, mark_customer_present


class SaleOrder(models.Model):
    """Orders start in the currency in which their customer buys, and keep it."""

    _name = "sale.order"
    _inherit = ["sale.order", "allowed.currency.mixin", "guarded.mixin"]

    # Core drops a currency given to create() and loses it in copy(): an order whose
    # currency came from its customer would turn 15,000 CNY into 15,000 USD.
    currency_id = fields.Many2one(readonly=False, copy=True)
    keep_currency = fields.Boolean(
        compute="_compute_keep_currency",
        store=True,
        precompute=True,
        readonly=False,
        help="The currency was chosen for the customer (preference or switch): a "
        "pricelist or customer change does not move it while there are lines.",
    )
    # what an order is worth in the books' currency, at the order's own rate
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_untaxed_company = fields.Monetary(
        string="Untaxed (company currency)",
        compute="_compute_company_amounts",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
    )
    amount_total_company = fields.Monetary(
        string="Total (company currency)",
        compute="_compute_company_amounts",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="The order's total at the order's own exchange rate.",
    )
    company_amount_note = fields.Char(
        string="In Company Currency",
        compute="_compute_company_amount_note",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    def _compute_keep_currency(self):
        for order in self:
            preferred = order.partner_id._get_preferred_currency(order.company_id)
            settled = order.order_line or order.state != "draft"
            order.keep_currency = bool(preferred or (order.keep_currency and settled))

    def _compute_pricelist_id(self):
        before = {
            order: (order.currency_id, order.pricelist_id)
            for order in self
            if order.keep_currency and order.order_line and order._has_currency()
        }
        result = super()._compute_pricelist_id()
        orders = self.filtered(
            lambda order: order.keep_currency and order._takes_customer_currency()
        )
        orders._pick_customer_pricelist()
        for order in orders & self.browse().concat(*before):
            currency, pricelist = before[order]
            if order._get_currency_of(order.pricelist_id) != currency:
                order.pricelist_id = pricelist
        return result

    def _has_currency(self):
        """Whether the order has been given a currency: not while it is being made."""
        return bool(self._origin or self._cache.get("currency_id"))

    def _pick_customer_pricelist(self):
        """Replace core's fallback by a pricelist in the customer's currency or none."""
        wanted = {}
        for order in self:
            partner = order.partner_id.with_company(order.company_id)
            preferred = partner._get_preferred_currency(order.company_id)
            own = partner.specific_property_product_pricelist
            if preferred and not own._get_partner_pricelist_multi_filter_hook():
                pair = (preferred, partner.country_id)
                wanted.setdefault(order.company_id, {})[order] = pair
        for company, pairs in wanted.items():
            found = self.env["product.pricelist"]._get_pricelists_in_currency(
                company, pairs.values()
            )
            for order, pair in pairs.items():
                order.pricelist_id = found[pair]

    def _get_currency_of(self, pricelist):
        """The currency in which this order starts with ``pricelist`` (or none)."""
        self.ensure_one()
        preferred = self.partner_id._get_preferred_currency(self.company_id)
        return pricelist.currency_id or preferred or self.company_id.currency_id

    def _takes_customer_currency(self):
        """Whether the customer's preference may choose this order's pricelist.

        Carts get theirs from the website; an order past draft keeps what it has.
        """
        self.ensure_one()
        of_website = "website_id" in self._fields and self.website_id
        return self.state == "draft" and bool(self.partner_id) and not of_website

    # The partner's preference is no dependency: changing it touches no order.
    @api.depends("partner_id")
    def _compute_currency_id(self):
        kept = self.filtered(
            lambda order: order.keep_currency and not order.pricelist_id
        )
        result = super(SaleOrder, self - kept)._compute_currency_id()
        for order in kept:
            settled = order.order_line or order.state != "draft"
            order.currency_id = (settled and order.currency_id) or (
                order._get_currency_of(order.pricelist_id)
            )
        return result

    @api.depends("amount_untaxed", "amount_total", "currency_rate")
    def _compute_company_amounts(self):
        for order in self:
            # 0.0 only while a form has no currency yet
            rate = order.currency_rate or 1.0
            currency = order.company_id.currency_id
            order.amount_untaxed_company = currency.round(order.amount_untaxed / rate)
            order.amount_total_company = currency.round(order.amount_total / rate)

    @api.depends("amount_total_company", "currency_id", "currency_rate", "date_order")
    @api.depends_context("lang")
    def _compute_company_amount_note(self):
        for order in self:
            is_foreign = order.currency_id != order.company_currency_id
            converts = bool(order.currency_id and is_foreign and order.currency_rate)
            order.company_amount_note = converts and order._get_company_amount_note()

    def _get_company_amount_note(self):
        """The converted total with its rate and date: ≈ ¥ 7,812.40 at 7.8124 (date)."""
        self.ensure_one()
        return self.env._(
            "≈ %(amount)s at %(rate)s (%(date)s)",
            amount=format_amount(
                self.env, self.amount_total_company, self.company_currency_id
            ),
            rate=show_rate(1 / self.currency_rate),
            date=format_date(self.env, self.date_order),
        )

    # === ONCHANGE METHODS === #

    @api.onchange("currency_id")
    def _onchange_currency_id(self):
        """A currency picked before there are lines takes its pricelist along."""
        currency = self.currency_id
        if currency and currency != self._get_currency_of(self.pricelist_id):
            self.keep_currency = True
            self.pricelist_id = self._find_pricelist_in(currency)
            self.currency_id = currency

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for order, vals in zip(orders, vals_list, strict=True):
            # A currency that was given, and that no pricelist explains, is a choice.
            if vals.get("currency_id") and not order.keep_currency:
                explained = order._get_currency_of(order.pricelist_id)
                order.keep_currency = order.currency_id != explained
        return orders

    # === ALLOWED CURRENCIES === #

    def _currency_error_message(self):
        return self._is_currency_disallowed() and self.env._(
            "%(customer)s does not buy in %(currency)s: switch the quotation to "
            "%(allowed)s, or add %(currency)s to the customer's allowed currencies.",
            **self._get_disallowed_terms(),
        )

    def _filter_checked_when_confirmed(self):
        listed = self.filtered(
            lambda order: (
                order.company_id.currency_policy == "enforce"
                and order.partner_id._currency_lists_exist()
            )
        )
        return super()._filter_checked_when_confirmed() | listed

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        # A customer who signs or pays is never turned away: _action_confirm tells.
        if message or is_customer_present(self.env):
            return message
        outside = self._currency_error_message()
        if not outside or self.company_id.currency_policy != "enforce":
            return False
        # rights come first: who may not confirm is told nothing
        self.check_access("write")
        return outside

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self:
            if message := order._currency_error_message():
                order._note_disallowed_currency(message)
        return result

    def _validate_order(self):
        return super(SaleOrder, mark_customer_present(self))._validate_order()
