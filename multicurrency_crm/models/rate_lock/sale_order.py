import math
import operator as op

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..common.customer_present import CUSTOMER_KEY, is_customer_present
from ..common.guarded_mixin import open_guarded
from ..common.process_mark import ProcessMark
from .fx_rate_locked_mixin import SAME_RATE
from .res_currency import LockedPair, at_locked_pair

COMPARISONS = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}

#: Borne while a quotation is copied.
_COPY = ProcessMark("fx_lock_of_copy")


class SaleOrder(models.Model):
    """An order at a locked rate: what that means for it, from its prices over sending
    and confirming to its invoices."""

    _name = "sale.order"
    _inherit = ["sale.order", "fx.rate.locked.mixin"]

    # ``locked_rate``, which currency_rate reads, is a copy of the lock's rate and no
    # related field, and the state is not stored: a lock that expires rewrites no order.
    rate_lock_id = fields.Many2one(check_company=True, everyday=True)
    locked_rate = fields.Float(everyday=True)
    rate_lock_state = fields.Selection(
        selection=[
            ("none", "Not locked"),
            ("locked", "Locked"),
            ("expired", "Expired"),
            ("released", "Released"),
            ("used", "Ordered"),
            ("cancelled", "Order Cancelled"),
        ],
        string="Rate",
        compute="_compute_rate_lock_state",
        search="_search_rate_lock_state",
        # a salesperson without the addon's groups can't read locks
        compute_sudo=True,
        groups="base.group_user",
    )
    rate_lock_note = fields.Char(
        compute="_compute_rate_lock_note", compute_sudo=True, groups="base.group_user"
    )
    rate_lock_ended = fields.Boolean(
        compute="_compute_rate_lock_note",
        compute_sudo=True,
        help="The last day of the lock is over, and the order still has its rate.",
        groups="base.group_user",
    )
    market_rate = fields.Float(
        compute="_compute_market_rate",
        compute_sudo=True,
        digits=0,
        help="Today's market rate: units of the order's currency for 1 unit of company "
        "currency; 0 where none is known.",
        groups="base.group_user",
    )
    rate_deviation = fields.Float(
        string="Rate Advantage",
        compute="_compute_market_rate",
        search="_search_rate_deviation",
        compute_sudo=True,
        aggregator=None,
        help="Locked rate / today's market rate − 1. Negative is unfavourable: the "
        "customer's currency fell since it was locked.",
        groups="base.group_user",
    )
    rate_market_note = fields.Char(
        compute="_compute_rate_market_note", compute_sudo=True, groups="base.group_user"
    )

    # for the customer, who may read no lock
    shown_rate = fields.Char(
        string="Locked Rate Shown to the Customer",
        compute="_compute_shown_rate",
        compute_sudo=True,
        help="The locked rate as the customer reads it; empty where the customer's "
        "settings don't ask for it.",
    )
    shown_rate_origin = fields.Char(
        string="Origin Shown to the Customer",
        compute="_compute_shown_rate",
        compute_sudo=True,
        help="Who typed or published the rate that the customer reads, with the day.",
    )
    rate_lock_end = fields.Date(
        string="Rate Holds until",
        compute="_compute_rate_lock_end",
        compute_sudo=True,
        help="The last day on which the customer can order at the locked rate.",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    # What was promised in one currency stays in it: another contact of the customer
    # moves neither pricelist nor currency. Picking another one is refused (below).

    def _compute_pricelist_id(self):
        kept = self.filtered("locked_rate")
        result = super(SaleOrder, self - kept)._compute_pricelist_id()
        for order in kept:
            order.pricelist_id = order.pricelist_id
        return result

    def _compute_currency_id(self):
        kept = self.filtered("locked_rate")
        result = super(SaleOrder, self - kept)._compute_currency_id()
        for order in kept:
            order.currency_id = order.currency_id
        return result

    @api.depends("locked_rate")
    def _compute_currency_rate(self):
        locked = self.filtered("locked_rate")
        result = super(SaleOrder, self - locked)._compute_currency_rate()
        for order in locked:
            order.currency_rate = order.locked_rate
        return result

    @api.depends("rate_lock_id.state", "locked_rate", "state")
    def _compute_rate_lock_state(self):
        for order in self:
            order.rate_lock_state = order._get_rate_lock_state()

    def _get_rate_lock_state(self):
        """Return the state of the rate of this order. An agreement is the lock of many
        orders, each of which has a state of its own."""
        lock = self.rate_lock_id
        if not lock:
            return "none"
        if not self.locked_rate:
            return "released"
        if self.state == "cancel":
            return "cancelled"
        if lock.state == "expired":
            return "expired"
        if self.state == "sale":
            return "used"
        return "locked" if lock.state == "active" else "expired"

    def _search_rate_lock_state(self, operator, value):
        # Odoo asks for no right to a field that is searched by a method
        self._check_field_access(self._fields["rate_lock_state"], "read")
        if operator != "in":
            return NotImplemented
        # sudo: as for the computation
        Lock = self.env["fx.rate.lock"].sudo()
        active = Domain("rate_lock_id", "in", Lock._search([("state", "=", "active")]))
        over = Domain("rate_lock_id", "in", Lock._search([("state", "=", "expired")]))
        locked = Domain("locked_rate", ">", 0)
        ordered = Domain("state", "=", "sale")
        cancelled = Domain("state", "=", "cancel")
        holds = locked & ~cancelled
        shown = {
            "none": Domain("rate_lock_id", "=", False),
            "released": Domain("rate_lock_id", "!=", False) & ~locked,
            "locked": holds & active & ~ordered,
            "used": holds & ordered & ~over,
            "expired": holds & (over | (~active & ~ordered)),
            "cancelled": locked & cancelled,
        }
        return Domain.OR(shown[state] for state in value if state in shown)

    @api.depends("rate_lock_id.state", "rate_lock_id.date_end", "locked_rate", "state")
    @api.depends_context("lang")
    def _compute_rate_lock_note(self):
        for order in self:
            lock = order.rate_lock_id
            locked = bool(order.locked_rate)
            over = lock.state == "active" and lock._has_ended()
            ordered = order.state == "sale"
            over |= lock.state == "expired"
            over |= lock.state in ("used", "released") and not ordered
            order.rate_lock_ended = locked and over
            order.rate_lock_note = locked and order._get_rate_lock_note()

    def _get_rate_lock_note(self):
        """Return the banner: which rate, from whom, until when."""
        lock = self.rate_lock_id
        terms = {
            "rate": lock.rate_display,
            "origin": lock._get_origin(),
            "end": format_date(self.env, lock.date_end),
        }
        if self.state == "cancel":
            return self._get_cancelled_lock_note(terms)
        if lock.state == "released" and self.rate_lock_ended:
            return self.env._(
                "The locked rate %(rate)s (%(origin)s) isn't promised any more: "
                "%(lock)s was released.",
                lock=lock.name,
                **terms,
            )
        if self.rate_lock_ended:
            return self.env._(
                "The locked rate %(rate)s (%(origin)s) ended on %(end)s.", **terms
            )
        if self.state == "sale":
            return self.env._("Rate locked: %(rate)s (%(origin)s).", **terms)
        return self.env._("Rate locked: %(rate)s (%(origin)s) until %(end)s.", **terms)

    def _get_cancelled_lock_note(self, terms):
        """Say what became of the lock of a cancelled order: it is given back, and runs
        to its end."""
        if self.rate_lock_ended:
            return self.env._(
                "The order is cancelled, and its locked rate %(rate)s (%(origin)s) "
                "ended on %(end)s.",
                **terms,
            )
        return self.env._(
            "The order is cancelled. Its locked rate was %(rate)s (%(origin)s): set "
            "back to quotation, it has that rate again, until %(end)s.",
            **terms,
        )

    @api.depends("locked_rate")
    def _compute_company_amount_note(self):
        return super()._compute_company_amount_note()

    def _get_rate_and_day(self):
        """A locked rate has its digits, and the day on which it was typed, or of the
        market's that it came from."""
        if not self.locked_rate:
            return super()._get_rate_and_day()
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        return self.env._(
            "%(rate)s (locked, %(date)s)",
            rate=lock.rate_display,
            date=format_date(self.env, lock.typed_on or lock.rate_date),
        )

    @api.depends("currency_id", "company_id", "locked_rate")
    def _compute_market_rate(self):
        foreign = self.filtered(
            lambda order: order.currency_id != order.company_id.currency_id
        )
        spots = foreign._find_lock_spots()
        for order in self:
            spot = spots.get(order)
            market, locked = spot.rate if spot else 0.0, order.locked_rate
            same = math.isclose(market, locked, rel_tol=SAME_RATE)
            known = bool(market and locked)
            order.market_rate = market
            order.rate_deviation = locked / market - 1 if known and not same else 0.0

    @api.depends("market_rate", "locked_rate")
    @api.depends_context("lang")
    def _compute_rate_market_note(self):
        """Say how far the locked rate is from today's market, in the direction in which
        the company reads rates."""
        for order in self:
            order.rate_market_note = bool(
                order.market_rate and order.locked_rate
            ) and self.env._(
                "Market today: %(market)s. The locked rate is %(distance)s.",
                market=order.currency_id._format_rate(
                    order.market_rate, order.company_id
                ),
                distance=order.currency_id._format_distance(
                    order.rate_deviation, order.company_id
                ),
            )

    def _search_rate_deviation(self, operator, value):
        """Search in SQL: the locked rate compares with today's spot × (1 + value), pair
        of company and currency by pair."""
        self._check_field_access(self._fields["rate_deviation"], "read")
        if operator not in COMPARISONS:
            return NotImplemented
        # rates that differ by less than SAME_RATE are to compare as equal
        grain = SAME_RATE if operator in ("<=", ">") else -SAME_RATE
        companies = Domain("company_id", "in", self.env.companies.ids)
        locked = Domain("locked_rate", ">", 0) & companies
        pairs = self._read_group(locked, ["company_id"], ["currency_id:recordset"])
        found = Domain.FALSE
        for company, currencies in pairs:
            spots = currencies._find_spot(company, company._get_today())
            for currency_id, spot in spots.items():
                found |= (
                    Domain("company_id", "=", company.id)
                    & Domain("currency_id", "=", currency_id)
                    & Domain("locked_rate", operator, spot.rate * (1 + value + grain))
                )
        if COMPARISONS[operator](0, value):  # the unlocked show 0
            return (locked & found) | Domain("locked_rate", "=", 0)
        return locked & found

    @api.depends("locked_rate", "rate_lock_id", "partner_id.print_rate_lock", "state")
    @api.depends_context("lang")
    def _compute_shown_rate(self):
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        for order in self:
            partner = order.partner_id.commercial_partner_id
            wanted = partner.with_company(order.company_id).print_rate_lock
            shown = wanted and order.rate_locked and order.state != "cancel"
            order.shown_rate = shown and (
                order.rate_lock_id.rate_display.replace(".", point.decimal_point or ".")
            )
            order.shown_rate_origin = (
                shown and order.rate_lock_id._get_customer_origin()
            )

    @api.depends("locked_rate", "rate_lock_id.date_end")
    def _compute_rate_lock_end(self):
        for order in self:
            order.rate_lock_end = order.rate_locked and order.rate_lock_id.date_end

    @api.depends("rate_lock_id.state", "rate_lock_id.date_end", "locked_rate", "state")
    @api.depends_context(CUSTOMER_KEY)
    def _compute_is_expired(self):
        """Show a quotation whose lock has ended as expired: it can be neither signed
        nor paid.

        What the customer does all the same, on a page that was opened before the end,
        is taken: then only Odoo's own expiration counts.
        """
        result = super()._compute_is_expired()
        if is_customer_present(self.env):
            return result
        # sudo: a customer is told that it has expired, and nothing of the lock
        for order, held in zip(self, self.sudo(), strict=True):
            waiting = held.locked_rate and held.state in ("draft", "sent")
            if waiting and held.rate_lock_ended:
                order.is_expired = True
        return result

    @api.depends("locked_rate")
    def _compute_missing_rate_warning(self):
        return super()._compute_missing_rate_warning()

    def _filter_needing_rate(self):
        return (
            super()._filter_needing_rate().filtered(lambda order: not order.locked_rate)
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("pricelist_id")
    def _check_pricelist_within_lock(self):
        for order in self.filtered("locked_rate"):
            if (
                order.pricelist_id.currency_id or order.currency_id
            ) != order.currency_id:
                order._refuse_currency_change()

    @api.constrains("rate_lock_id", "currency_id", "company_id", "partner_id")
    def _check_rate_lock_terms(self):
        for order in self.filtered("locked_rate"):
            lock = order.rate_lock_id.sudo()  # salespeople may not read locks
            if order.currency_id != lock.currency_id:
                order._refuse_currency_change()
            if order.partner_id.commercial_partner_id != lock.partner_id:
                raise UserError(
                    self.env._(
                        "The rate of %(order)s is promised to %(customer)s: release it "
                        "before changing the customer.",
                        order=order.name,
                        customer=lock.partner_id.display_name,
                    )
                )

    def _refuse_currency_change(self):
        """Refuse another currency than the locked one.

        :raises UserError: always
        """
        # sudo: salespeople may not read locks
        raise UserError(
            self.env._(
                "The rate of %(order)s is locked in %(currency)s: release it before "
                "changing the currency.",
                order=self.name,
                currency=self.rate_lock_id.sudo().currency_id.name,
            )
        )

    @api.constrains("validity_date", "rate_lock_id")
    def _check_validity_within_lock(self):
        for order in self.filtered("locked_rate"):
            lock = order.rate_lock_id.sudo()  # salespeople may not read locks
            if (
                lock.state == "active"
                and not lock._has_ended()
                and order.state in ("draft", "sent")
                and order.validity_date
                and order.validity_date > lock.date_end
            ):
                raise UserError(
                    self.env._(
                        "The rate of %(order)s is locked until %(end)s: keep the "
                        "quotation's expiration within that, or release the rate.",
                        order=order.name,
                        end=format_date(self.env, lock.date_end),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        with self._one_change() as changed:
            orders = super().create(vals_list)
            # a copy carries no lock; sending it looks for an agreement again
            if not _COPY.is_on(self.env):
                agreed = orders.filtered("rate_lock_id")
                agreed._follow_agreement()
                (orders - agreed)._take_agreement(reprice=True)
            orders.filtered(lambda order: order.state == "sale")._agree_amount()
            changed.update(orders.ids)
        return orders

    def _add_precomputed_values(self, vals_list):
        result = super()._add_precomputed_values(vals_list)
        if not _COPY.is_on(self.env):
            for vals in vals_list:
                self._put_under_agreement(vals)
        return result

    def copy(self, default=None):
        return super(SaleOrder, _COPY.put_on(self)).copy(default)

    def write(self, vals):
        # every way to mark a quotation as sent, or to confirm it, ends here
        state = vals.get("state")
        with self._one_change() as changed:
            changed.update(self.ids)
            if state == "sent":
                self.filtered(lambda order: order.state == "draft")._lock_on_sending()
            rates = self._find_rates_of_costs() if "locked_rate" in vals else {}
            if "currency_rate" in vals:
                self._check_currency_rate_writable()
            before = {order: order.state for order in self} if state else {}
            result = super().write(vals)
            if state:
                self._follow_state(before)
            if {"partner_id", "currency_id", "pricelist_id"} & vals.keys():
                self._take_agreement(reprice=True)
            for order, rate in rates.items():
                if rate and order.currency_rate:
                    order.order_line._scale_cost(order.currency_rate / rate)
        return result

    def _follow_state(self, before):
        """Settle what goes with another state of these orders.

        :param before: {order: its former state}
        """
        moved = self.filtered(lambda order: order.state != before[order])
        moved.filtered(lambda order: order.state == "sale")._agree_amount()
        moved.filtered(lambda order: order.state == "cancel")._end_overdraw()
        moved.filtered(lambda order: order.state in ("sent", "sale"))._keep_tentative()

    def _find_rates_of_costs(self):
        """Find the rates at which sale_margin converted the costs of these orders.

        Costs are known in company currency and follow a new rate; prices don't.

        :return: {order: units of its currency for 1 unit of company currency}; empty
            where sale_margin isn't installed
        """
        if "purchase_price" not in self.env["sale.order.line"]._fields:
            return {}
        return {order: order.currency_rate for order in self}

    def _check_currency_rate_writable(self):
        """Check that the rate of none of these orders is locked.

        :raises AccessError: a rate is locked, or the user may not write the orders
        """
        # rights come first: a refusal tells nobody what is locked
        self.check_access("write")
        # sudo: whether the rate is locked is asked of orders that the user may write
        if locked := self.sudo().filtered("locked_rate"):
            raise AccessError(
                self.env._(
                    "The rate of %(orders)s is locked and can't be written: release "
                    "it first.",
                    orders=", ".join(locked.mapped("name")),
                )
            )

    def unlink(self):
        locks = self._find_locks_invoiced_at()
        result = super().unlink()
        locks._count_besides()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_cancel_requests(self):
        self.env["fx.rate.approval"]._find_requested(self)._cancel_requests()

    @api.ondelete(at_uninstall=False)
    def _unlink_end_rate_lock(self):
        locked = self.filtered("locked_rate")
        # sudo: whoever may delete the quotation ends its promise, too
        for order in locked.sudo().filtered(
            lambda order: order.rate_lock_id.kind == "order"
        ):
            order.rate_lock_id._end(
                "released",
                self.env._("Quotation %(order)s was deleted.", order=order.name),
            )

    # === SENDING === #

    def action_quotation_send(self):
        # The dialog renders the document when it opens. The one without a template,
        # and the one for many, get theirs from a template later (mail.template).
        if len(self) == 1 and not self.env.context.get("hide_default_template"):
            self._lock_on_sending(rendered=True)
        self._check_lock_room()
        return super().action_quotation_send()

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        # not every dialog that sends a quotation marks it as sent
        if kwargs.get("message_type") == "comment" and message.subtype_id:
            if not message.subtype_id.internal:
                self._keep_tentative()
        return message

    # === CONFIRMING === #

    def action_confirm(self):
        # before the checks, which look at the lock, and before date_order moves
        self._lock_on_confirming()
        if not is_customer_present(self.env):
            self._reprice_exceeded()
        return super().action_confirm()

    def _filter_checked_when_confirmed(self):
        locked = self.filtered("locked_rate")
        return super()._filter_checked_when_confirmed() | locked

    def _check_confirmable(self):
        result = super()._check_confirmable()
        self._check_lock_room()
        return result

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        # a customer who signs or pays is never turned away: _action_confirm notes it
        if message or is_customer_present(self.env):
            return message
        # sudo: whether it has a lock is asked before rights are
        held = self.sudo()
        if not (held.locked_rate or held.lock_asked):
            return False
        # rights come first: who may not confirm is told nothing of the lock
        self.check_access("write")
        if held.locked_rate:
            return self._get_lock_refused()
        return self._get_rate_undecided()

    def _action_confirm(self):
        locked = self.filtered("locked_rate")
        # asked before the locks are used; whose language it is to be said in is asked
        # only where there is anything to say
        exceeded = {
            order: order._get_lock_exceeded()
            and order._in_responsible_language()._get_lock_exceeded()
            for order in locked
        }
        result = super()._action_confirm()
        for order in locked:
            order._use_rate_lock()
            if exceeded[order]:
                order._note_exceeded(exceeded[order])
        (self - locked)._drop_undecided_rates()
        return result

    def _use_rate_lock(self):
        """Mark the lock as used: the customer ordered at the promised rate."""
        # sudo: whoever may confirm the order uses its lock
        lock = self.rate_lock_id.sudo()
        lock._expire_ended()
        # an agreement goes on for the next order
        if lock.state == "active" and lock.kind == "order":
            lock._write_guarded({"state": "used"})
        # confirmed: neither that nor another rate is a question any more; whether the
        # order may take more is one
        self.env["fx.rate.approval"]._find_requested(self).filtered(
            lambda approval: approval.kind != "overdraw"
        )._cancel_requests()

    # === CANCELLING === #

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: whoever may cancel the order gives its lock back, which runs to its end
        locks = self.filtered("locked_rate").rate_lock_id.sudo()
        locks.filtered(lambda lock: lock.kind == "order")._reopen()
        self.env["fx.rate.approval"]._find_requested(self)._cancel_requests()
        return result

    # === INVOICING === #

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # always set: core sorts the grouping keys of all orders together
        values["rate_lock_id"] = self.locked_rate and self.rate_lock_id.id or False
        return values

    def _create_account_invoices(self, invoice_vals_list, final):
        orders = open_guarded(self, "account.move")
        moves = super(SaleOrder, orders)._create_account_invoices(
            invoice_vals_list, final
        )
        return moves.with_env(self.env(su=moves.env.su))

    def _get_invoice_grouping_keys(self):
        return [*super()._get_invoice_grouping_keys(), "rate_lock_id"]

    def _create_invoices(self, grouped=False, final=False, date=None):
        locked = self.filtered("locked_rate")
        moves = super()._create_invoices(grouped=grouped, final=final, date=date)
        locked._check_invoice_by(moves)
        return moves

    # === PRICES === #

    def _get_pricing_rate(self):
        """Return the rate at which this order's list prices convert.

        :return: units of the order's currency for 1 unit of company currency: the
            locked rate, or the one of the agreement that an order which is still being
            made will take; 0.0 for the market's
        """
        locked_rate = self.sudo().locked_rate  # sudo: customers read prices, too
        if locked_rate or not self or self._origin:
            return locked_rate
        return self._find_agreement().rate

    def _get_locked_pair(self):
        """Return the ``LockedPair`` at which this order is priced, or None for the
        market's rate."""
        rate = self._get_pricing_rate()
        if not rate:
            return None
        return LockedPair(self.company_id.currency_id.id, self.currency_id.id, rate)

    def _at_pricing_rate(self):
        """Return the order in a context in which money converts at its pricing rate.

        For methods that compute a price and nothing else: whatever they write, or send,
        would take the context along.
        """
        return at_locked_pair(self, self._get_locked_pair())

    def _compute_field_value(self, field):
        # pending fields of other orders are computed along, each at its own rate
        return super(SaleOrder, at_locked_pair(self, None))._compute_field_value(field)

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
