from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..common.customer_present import (
    is_colleague_signing,
    is_customer_present,
    mark_customer_present,
)
from ..common.html_text import as_html
from .product_pricelist import ORDER_CURRENCY, OrderCurrency

#: In ``extra_tax_data`` of a global discount: [its share of the order, its price].
PERCENT = "multicurrency_percent"


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
        groups="base.group_user",
        everyday=True,
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

    # an opportunity that is linked later moves no order: it is no dependency
    @api.depends("partner_id", "company_id")
    def _compute_keep_currency(self):
        for order in self:
            chosen = order._get_customer_currency()
            settled = order.order_line or order.state != "draft"
            order.keep_currency = bool(chosen or (order.keep_currency and settled))

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
            chosen = order._get_customer_currency()
            own = partner.specific_property_product_pricelist
            own = own._get_partner_pricelist_multi_filter_hook()
            picked = order._get_opportunity_currency()
            if picked and picked != own.currency_id:
                own = own.browse()
            if chosen and not own:
                pair = (chosen, partner.country_id)
                wanted.setdefault(order.company_id, {})[order] = pair
        for company, pairs in wanted.items():
            found = self.env["product.pricelist"]._get_pricelists_in_currency(
                company, pairs.values()
            )
            for order, pair in pairs.items():
                order.pricelist_id = found[pair]

    def _get_currency_of(self, pricelist):
        """Return the currency in which this order starts with ``pricelist`` (or
        none)."""
        self.ensure_one()
        return (
            pricelist.currency_id
            or self._get_customer_currency()
            or self.company_id.currency_id
        )

    def _get_customer_currency(self):
        """Return the currency in which the customer of this order buys: that of its
        opportunity, else the preferred one; empty where nobody chose any, and for
        carts, which have their website's."""
        self.ensure_one()
        if self._is_cart():
            return self.env["res.currency"]
        return (
            self._get_opportunity_currency()
            or self.partner_id._get_preferred_currency(self.company_id)
        )

    def _get_opportunity_currency(self):
        """Return the currency that was picked on this order's opportunity, where it can
        be had: empty if it is archived since."""
        return self._find_picked_currency().filtered("active")

    def _find_picked_currency(self):
        """Find the currency that was picked on this order's opportunity, with the same
        customer or with none yet; empty if there is none, or if the customer doesn't
        buy in it."""
        # sudo: who quotes may not read somebody else's opportunity
        opportunity = self.opportunity_id.sudo()
        currency = opportunity.revenue_currency_id.with_env(self.env)
        partner = self.partner_id
        if not currency or (
            opportunity.partner_id
            and opportunity.partner_id.commercial_partner_id
            != partner.commercial_partner_id.sudo()
        ):
            return self.env["res.currency"]
        listed = partner and partner._currency_lists_exist()
        return currency.filtered(
            lambda found: not listed or partner._allows_currency(found)
        )

    def _get_picked_refusal(self):
        """Return that the currency of this order's opportunity is archived, and what to
        do, or False."""
        # sudo: as above; orders show the name of their opportunity anyway
        name = self.opportunity_id.sudo().display_name
        return self._find_picked_currency()._get_archived_refusal(name)

    def _is_cart(self):
        """Whether this order was made in a web shop."""
        return "website_id" in self._fields and bool(self.website_id)

    def _takes_customer_currency(self):
        """Whether the customer's currency may choose this order's pricelist: carts get
        theirs from the website, an order past draft keeps what it has."""
        self.ensure_one()
        return self.state == "draft" and bool(self.partner_id) and not self._is_cart()

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

    @api.depends(
        "amount_total_company",
        "currency_id",
        "currency_rate",
        "date_order",
        "company_id",
    )
    @api.depends_context("lang")
    def _compute_company_amount_note(self):
        for order in self:
            converts = order._is_foreign() and order.currency_rate
            order.company_amount_note = (
                bool(converts) and order._get_company_amount_note()
            )

    def _get_untaxed_in(self, currency):
        """Return what this order comes to, untaxed, at its own rate.

        :param currency: ``res.currency``; another one than that of the company's books
            is converted from those, at the rate of the order's day
        """
        self.ensure_one()
        return self.company_currency_id._convert(
            self.amount_untaxed_company,
            currency,
            self.company_id,
            self._get_rate_date(),
        )

    def _get_company_amount_note(self):
        """Return the converted total with its rate, and that rate's day."""
        self.ensure_one()
        return self.env._(
            "≈ %(amount)s at %(rate)s",
            amount=self.company_currency_id._format_amount(self.amount_total_company),
            rate=self._get_rate_and_day(),
        )

    def _get_rate_and_day(self):
        """Return the rate of this order beside its own day, which may be before the
        order's: 1 USD = 7.1234 CNY (27 November 2026).

        To be extended where an order has another rate than the market's.
        """
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        rate = currency._format_rate(self.currency_rate, company)
        days = currency._find_rate_days(company, self._get_rate_date())
        if currency.id not in days:
            return rate
        day = format_date(self.env, days[currency.id])
        return self.env._("%(rate)s (%(date)s)", rate=rate, date=day)

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
        # core computes the currency, whatever an import says
        vals_list = [self._drop_empty_currency(vals) for vals in vals_list]
        orders = super().create(vals_list)
        for order, vals in zip(orders, vals_list, strict=True):
            # A currency that was given, and that no pricelist explains, is a choice.
            if vals.get("currency_id"):
                explained = order._get_currency_of(order.pricelist_id)
                order.keep_currency |= order.currency_id != explained
                order._check_currency_active()
            elif order.opportunity_id and not vals.get("pricelist_id"):
                # nobody chose another one than was picked on the opportunity
                if refusal := order._get_picked_refusal():
                    raise UserError(refusal)
        return orders

    def _in_own_currency(self):
        """Return the order in a context in which a price without a currency is in the
        order's own.

        For methods that compute a price and nothing else: whatever they write, or send,
        would take the context along.
        """
        self.ensure_one()
        known = self.pricelist_id.currency_id or self.company_id.currency_id
        if not self.currency_id or self.currency_id == known:
            return self
        priced = OrderCurrency(self.currency_id.id)
        return self.with_context(**{ORDER_CURRENCY: priced})

    @api.model
    def _drop_empty_currency(self, vals):
        """Return values without an empty currency: there is no order without one."""
        if "currency_id" in vals and not vals["currency_id"]:
            return {name: vals[name] for name in vals if name != "currency_id"}
        return vals

    def copy_data(self, default=None):
        """Prices in an archived currency go into no new quotation; nor do those of one
        currency become as many of another.

        :raises UserError: with what to do instead
        """
        if not (default and default.get("currency_id")):
            self._check_currency_active()
        elif not self.env.su:
            # also of orders whose currency nobody chose: the copy has prices
            self._check_currency_kept(default["currency_id"])
        return super().copy_data(default)

    def _check_currency_kept(self, currency_id):
        """Check that a copy isn't asked for in a currency without converting.

        :raises UserError: with what to do instead
        """
        for order in self.filtered("order_line"):
            if order.currency_id.id != currency_id:
                raise UserError(
                    self.env._(
                        "%(order)s has prices in %(currency)s: copy it as it is, then "
                        "use Switch Currency, which converts them.",
                        order=order.name,
                        currency=order.currency_id.name,
                    )
                )

    def _check_currency_active(self):
        """Check a currency that somebody chose: nothing can be invoiced in an archived
        one.

        :raises UserError: with what to do instead
        """
        for order in self:
            if refusal := order._get_archived_refusal():
                raise UserError(refusal)

    def _get_archived_refusal(self):
        """Return that this order's currency is archived, and what to do, or False.

        That of a pricelist is core's, unless it was chosen for the customer.
        """
        currency = self.currency_id
        if not currency or currency.active:
            return False
        # the pricelist is asked for last: it may have to be computed anew for that
        if not self.keep_currency and currency == self.pricelist_id.currency_id:
            return False
        return currency._get_archived_refusal(self.name)

    # === ALLOWED CURRENCIES === #

    @api.depends("currency_id.active", "opportunity_id")
    def _compute_currency_warning(self):
        """Say, too, that nothing can be invoiced in an archived currency, whoever chose
        it, and in the form of a new order that its opportunity's is archived."""
        result = super()._compute_currency_warning()
        for order in self:
            if order.state in ("draft", "sent") and not order.currency_warning:
                order.currency_warning = order.currency_id._get_archived_refusal(
                    order.name
                ) or (not order._origin and order._get_picked_refusal())
        return result

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
        outside = self._get_archived_refusal()
        if not outside and self.company_id.currency_policy == "enforce":
            outside = self._currency_error_message()
        if not outside:
            return False
        # rights come first: who may not confirm is told nothing
        self.check_access("write")
        return outside

    def action_quotation_send(self):
        self._check_sent_active()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        self._check_sent_active()
        return super().action_quotation_sent()

    def _check_sent_active(self):
        """Check that nobody sends a quotation in an archived currency: what its
        customer pays is only noted as sent.

        :raises UserError: with what to do instead
        """
        if is_customer_present(self.env):
            return
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        quotations._check_currency_active()

    def _notify_archived(self):
        """Ask a colleague to look at each order that its customer signed or paid, and
        that can't be invoiced: its currency was archived since. Once an order."""
        for order in self.filtered(lambda order: not order.currency_id.active):
            order = order._in_responsible_language().sudo()  # customers come here
            summary = order.env._("Accepted in an archived currency")
            if summary not in order.activity_ids.mapped("summary"):
                order._notify_responsible(
                    summary, order.currency_id._get_archived_refusal(order.name)
                )

    def _action_confirm(self):
        result = super()._action_confirm()
        if is_customer_present(self.env):
            self._notify_archived()
        for order in self:
            if message := order._currency_error_message():
                order._note_disallowed_currency(message)
        return result

    def _validate_order(self):
        signed = is_colleague_signing(self.env)
        order = self if signed else mark_customer_present(self)
        return super(SaleOrder, order)._validate_order()

    # === GLOBAL DISCOUNTS === #

    def _find_percent_discounts(self):
        """Find this quotation's global discounts in percent, but for those whose amount
        somebody has changed since.

        :return: {key of the lines that are one discount: share of the order}, in the
            order in which they were given
        """
        found, changed = {}, set()
        for line in self.order_line.sorted("id").filtered("extra_tax_data"):
            noted = line._is_global_discount() and line.extra_tax_data.get(PERCENT)
            key = line.extra_tax_data.get("computation_key")
            if noted and line._is_price(noted[1]):
                found[key] = noted[0]
            else:
                changed.add(key)
        return {key: share for key, share in found.items() if key not in changed}

    def _renew_global_discounts(self, discounts):
        """Give global discounts in percent anew, on the prices that the lines have
        now; what stays is said.

        :param discounts: as :meth:`_find_percent_discounts` found them
        """
        lines = self.order_line.filtered(lambda line: line._is_global_discount())
        if not lines or self.state not in ("draft", "sent"):
            return
        renewed = lines.filtered(
            lambda line: line.extra_tax_data["computation_key"] in discounts
        )
        stays = lines - renewed
        renewed.unlink()
        for share in discounts.values():
            wizard = self.env["sale.order.discount"].create(
                {
                    "sale_order_id": self.id,
                    "discount_type": "so_discount",
                    "discount_percentage": share,
                }
            )
            wizard.with_company(self.company_id)._create_discount_lines()
        if stays:
            amount = self.currency_id._format_amount(
                sum(stays.mapped("price_subtotal"))
            )
            self.message_post(
                body=as_html(
                    self.env._(
                        "The global discount stays %(amount)s: give it anew if "
                        "it is to "
                        "follow the prices.",
                        amount=amount,
                    )
                )
            )
