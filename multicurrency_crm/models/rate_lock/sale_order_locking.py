from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...engine.rate_locks import rate_deviation
from ..common.html_text import as_html
from ..common.typed_number_mixin import DAYS


def _without_company_amounts(totals):
    """Return totals without the amounts that they have in a second currency, too."""
    if isinstance(totals, list):
        return [_without_company_amounts(each) for each in totals]
    if not isinstance(totals, dict):
        return totals
    return {
        name: _without_company_amounts(value)
        for name, value in totals.items()
        if f"{name}_currency" not in totals
    }


#: What says which agreement an order takes.
AGREED_BY = ("company_id", "partner_id", "currency_id", "pricelist_id", "website_id")


class SaleOrder(models.Model):
    """Taking a locked rate, and letting go of it.

    A rate is locked by hand, by the customer's running agreement, or by itself: when a
    quotation is sent, or confirmed. That setting is the company's, or the customer's
    own; whoever sends or confirms needs no right to locks. A lock that somebody
    released is not made again by itself: the order keeps its ``rate_lock_id``, and only
    a person locks it anew.
    """

    _inherit = "sale.order"

    rate_lock_may_change = fields.Boolean(
        compute="_compute_rate_lock_may_change",
        compute_sudo=True,  # as who extends a lock is asked
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("rate_lock_id.user_id", "rate_lock_id.company_id")
    @api.depends_context("uid")
    def _compute_rate_lock_may_change(self):
        for order in self:
            lock = order.rate_lock_id
            order.rate_lock_may_change = bool(lock) and (
                lock._may_be_changed_by(self.env.user)
            )

    # === ACTIONS === #

    def action_open_lock_rate(self):
        """Open the dialog that shows today's rate and asks about the prices.

        :raises UserError: the rate of this quotation can't be locked
        """
        self.ensure_one()
        self._check_may_lock_rate()
        if message := self._get_lock_refusal(self._find_lock_errors().get(self)):
            raise UserError(message)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lock Rate"),
            "res_model": "sale.order.lock.rate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_lock_rate(self):
        """Lock these quotations at today's market rate; prices stay as they are.

        :raises UserError: a quotation can't be locked; nothing is locked then
        :raises AccessError: the user may not write the quotation or not lock rates
        """
        self._lock_rate()
        return True

    def action_extend_rate_lock(self):
        """Open the dialog that asks for a later end, or for another rate.

        :raises UserError: no lock that can be extended
        :raises AccessError: neither the lock's owner nor a manager
        """
        self.ensure_one()
        if not self.rate_lock_id:
            raise UserError(
                self.env._(
                    "%(order)s has no rate lock to extend: lock its rate first.",
                    order=self.name,
                )
            )
        return self.rate_lock_id.action_extend()

    def action_release_rate(self):
        """Ask for the reason, then release; of an agreement, take this order out of it
        alone.

        :raises UserError: no lock, as where somebody else has just released it
        :raises AccessError: neither the order's salesperson nor a manager
        """
        self.ensure_one()
        self.check_access("write")
        self._check_has_lock()
        # sudo: whether the user may release is checked with the reason in hand
        lock = self.rate_lock_id.sudo()
        action = lock.action_release()
        if lock.kind == "agreement":
            self._check_may_leave_agreement()
            action["context"]["default_order_id"] = self.id
            action["name"] = self.env._("Leave the Agreement")
        return action

    # === LOCKING === #

    def _lock_rate(self, reprice=False, quoted=None):
        """Lock each quotation at its company's spot of today, moved by the margin, or
        at a typed rate.

        A typed rate further from the spot than the tolerance is requested: its lock
        stays a draft, and the quotation without one, until a manager approves.

        Two people who lock the same quotation both update its row: the second runs
        into the first, is retried by Odoo, and reads that the rate is locked.

        :param bool reprice: convert list prices again, at the locked rate; manual
            prices stay
        :param quoted: (text of the rate, direction) as typed, or None for today's
        :return: the new ``fx.rate.lock`` records, in the order of ``self``
        """
        self._check_may_lock_rate()
        spots, errors = self._find_lock_spots(), self._find_lock_errors()
        vals_list = []
        for order in self:
            if message := order._get_lock_refusal(errors.get(order), reprice):
                raise UserError(message)
            vals_list.append(order._prepare_rate_lock(spots[order], quoted))
        # sudo: salespeople have locks made for their quotations, they don't write them
        self.rate_lock_id.sudo()._expire_ended()
        locks = self.env["fx.rate.lock"].sudo()._create_guarded(vals_list)
        for order, lock in zip(self, locks, strict=True):
            deviation = rate_deviation(lock.rate, lock.market_rate)
            if quoted and lock._asks_for_approval(
                lock.rate, lock.market_rate, lock.tolerance
            ):
                order._request_typed_rate(lock, deviation, reprice)
            else:
                lock._activate()
                order._take_rate_lock(lock, reprice)
        return locks.sudo(self.env.su)

    def _request_typed_rate(self, lock, deviation, reprice):
        """Ask the managers for a typed rate that is too far from the market's.

        :param lock: the draft, with that rate
        :param deviation: locked rate / market rate − 1
        :param bool reprice: as for ``_lock_rate``, once it is approved
        """
        explanation = lock._explain_typed(deviation)
        self._withdraw_requests(lock, "rate")
        self.env["fx.rate.approval"]._request(
            "rate",
            order=self,
            lock=lock,
            explain=lambda asked: asked.lock_id._explain_typed(deviation),
            reprice=reprice,
        )
        self.message_post(
            body=as_html(
                self.env._(
                    "A manager is asked to approve lock %(lock)s: %(why)s",
                    lock=lock.name,
                    why=explanation,
                )
            )
        )

    def _find_lock_spots(self):
        """Find today's spot of each order's currency, by one query a company.

        :return: {order: ``Spot``}; an order whose currency has no rate is absent
        """
        found = {}
        by_company = self.filtered("company_id").grouped("company_id")
        for company, orders in by_company.items():
            today = company._get_today()
            spots = orders.currency_id._find_spot(company, today)
            for order in orders:
                if spot := spots.get(order.currency_id.id):
                    found[order] = spot
        return found

    def _find_lock_errors(self):
        """Find why today's rate of an order's currency can't be promised: there is
        none, or an old one. Nothing is locked then, whatever the company's policy.

        :return: {order: sentence}
        """
        found = {}
        by_company = self.filtered("company_id").grouped("company_id")
        for company, orders in by_company.items():
            currencies = orders.currency_id
            _fresh, sentences = currencies._find_fresh(company, company._get_today())
            for order in orders:
                if sentence := sentences.get(order.currency_id.id):
                    found[order] = sentence
        return found

    def _take_rate_lock(self, lock, reprice):
        """Put this order under a lock, and say so in the histories of both.

        :param lock: ``fx.rate.lock``, active
        :param bool reprice: convert list prices again, at the locked rate
        """
        self._withdraw_requests(lock)
        # asked first: these lines have the list's price at the market's rate
        listed = self.order_line
        listed = listed._filter_list_priced() if reprice else listed.browse()
        self._move_to_lock(lock, self._prepare_at_lock(lock, self.validity_date))
        listed._drop_kept_price()
        for line in listed:
            line._compute_price_unit()
        if not reprice:
            self._get_update_prices_lines()._keep_price()
        self._log_lock_taken(lock, reprice)
        if reprice:
            self._follow_converted_prices()

    @api.model
    def _prepare_at_lock(self, lock, validity_date):
        """Return the values of an order that is put under a lock.

        :param validity_date: its own, which ends with the lock at the latest
        """
        vals = {"rate_lock_id": lock.id, "locked_rate": lock.rate}
        if validity_date and validity_date > lock.date_end:
            vals["validity_date"] = lock.date_end  # an agreement ends when it ends
        return vals

    def _log_lock_taken(self, lock, reprice):
        """Say in the histories of this order and of its lock that it took that.

        :param bool reprice: as for :meth:`_take_rate_lock`
        """
        # the order may take another lock later, this history still names it
        # a note: nobody is to be looked for whom it would be sent to
        lock._message_log(
            body=as_html(
                self.env._("Locked for %(order)s.", order=self._get_html_link())
            )
        )
        prices = (
            self.env._("list prices converted again at this rate")
            if reprice
            else self.env._("prices kept")
        )
        self._message_log(
            body=as_html(
                self.env._(
                    "%(note)s Lock %(lock)s, %(prices)s.",
                    note=self.rate_lock_note,
                    lock=lock.name,
                    prices=prices,
                )
            )
        )

    def _move_to_lock(self, lock, vals):
        """Write that this order is at a lock. What was allowed beyond the cap of
        another promise ends, and what was invoiced there stays drawn there.

        :param vals: of the order
        """
        # sudo: the fields of the lock are closed to writes from outside
        order = self.sudo()
        former = order.rate_lock_id
        if lock.sudo() not in former._get_promised():
            order._end_overdraw()
        order._write_guarded(vals)
        if former and order.invoice_ids:
            former._count_besides()

    def _follow_converted_prices(self):
        """Bring up to date what hangs on list prices that were converted again.

        As after Odoo's Update Prices, rewards (sale_loyalty) follow, and the form
        offers to update the cost of delivery; a global discount in percent does, too.
        """
        self._renew_global_discounts(self._find_percent_discounts())
        fields = self.order_line._fields
        if "reward_id" in fields and self.order_line.reward_id:
            self._update_programs_and_rewards()
        if "is_delivery" in fields:
            self.recompute_delivery_price |= any(self.order_line.mapped("is_delivery"))

    def _prepare_rate_lock(self, spot, quoted=None):
        """Return the values of the lock of this quotation.

        :param spot: ``Spot`` of the order's currency (rate: units of it for 1 unit of
            company currency; date; source)
        :param quoted: (text of the rate, direction) as typed, or None
        """
        self.ensure_one()
        today = self.company_id._get_today()
        end = self._get_lock_end(today)
        Lock = self.env["fx.rate.lock"]
        return {
            "kind": "order",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            # a customer who pays owns no lock
            "user_id": (
                self._get_responsible_user().id if self.env.user.share else self.env.uid
            ),
            **Lock._prepare_quoted(
                self.company_id, self.currency_id, spot, (end - today).days, quoted
            ),
            "tolerance": self.company_id.lock_tolerance,
            "date_start": today,
            "date_end": end,
            "invoice_by": end + timedelta(days=self.company_id.lock_invoice_days),
        }

    def _get_lock_end(self, today):
        """Return the last day of a lock made today: the quotation's own, else by the
        company's number of days."""
        return self.validity_date or today + timedelta(days=self.company_id.lock_days)

    # === WHAT CAN BE LOCKED === #

    def _get_lock_refusal(self, error, reprice=False):
        """Return why this quotation's rate can't be locked, or False.

        :param error: what is wrong with today's rate, if anything
        :param bool reprice: whether its list prices are to be converted again
        """
        self.ensure_one()
        if sentence := self._get_unlockable() or self._get_lock_obstacle(reprice):
            return sentence
        return bool(error) and self.env._(
            "The rate of %(order)s can't be locked. %(reason)s",
            order=self.name,
            reason=error,
        )

    def _get_unlockable(self):
        """Return why there is nothing to lock on this order, or False."""
        order, currency = self.name, self.currency_id
        # sudo: salespeople may not read locks
        lock = self.rate_lock_id.sudo()
        if self.state not in ("draft", "sent"):
            return self.env._(
                "%(order)s isn't a quotation any more: only a quotation's rate can be "
                "locked.",
                order=order,
            )
        if currency == self.company_id.currency_id:
            return self.env._(
                "%(order)s is in %(currency)s, the company's own currency: there is no "
                "rate to lock.",
                order=order,
                currency=currency.name,
            )
        if lock.state == "active" and not lock._has_ended():
            return self.env._(
                "The rate of %(order)s is already locked by %(lock)s: release it "
                "before locking another.",
                order=order,
                lock=lock.name,
            )
        return False

    def _get_lock_obstacle(self, reprice):
        """Return what has to be put right before this rate is locked, or False."""
        order, currency = self.name, self.currency_id
        if refusal := currency._get_archived_refusal(order):
            return refusal
        if self.validity_date and self.validity_date < self.company_id._get_today():
            return self.env._(
                "%(order)s expired on %(date)s: set a later expiration before locking "
                "its rate.",
                order=order,
                date=format_date(self.env, self.validity_date),
            )
        if self.validity_date and self.validity_date > DAYS[1]:
            return self.env._(
                "%(order)s expires on %(date)s only: set an expiration until %(most)s "
                "before locking its rate.",
                order=order,
                date=format_date(self.env, self.validity_date),
                most=format_date(self.env, DAYS[1]),
            )
        if reprice and self.signature:
            return self.env._(
                "The customer has signed the prices of %(order)s: lock the rate and "
                "keep them.",
                order=order,
            )
        return False

    def _check_may_lock_rate(self):
        """Check the user's right to lock the rates of these orders.

        :raises AccessError: no user of the addon, or none who may write the orders
        """
        if self.env.su:
            return
        if not self.env.user.has_group("multicurrency_crm.group_user"):
            raise AccessError(
                self.env._(
                    "Locking a rate takes the Multi-Currency user right: ask your "
                    "administrator for it."
                )
            )
        self.check_access("write")

    # === AGREEMENTS === #

    def _find_agreements(self):
        """Find the running agreements with this order's customer in its currency, with
        sudo. Costs no query for a customer without one."""
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        Lock = self.env["fx.rate.lock"]
        if not self.partner_id or not company or currency == company.currency_id:
            return Lock
        if "website_id" in self._fields and self.website_id:
            return Lock  # a cart's prices are the shop's
        return Lock._find_running(company, self.partner_id, currency)

    def _find_agreement(self, sole=False):
        """Return the agreement that this order takes, with sudo, or none.

        :param bool sole: none, either, where it depends on the order's amount
        """
        running = self._find_agreements()
        if sole:
            return running._choose_sole()
        # of one that is being made, the amount isn't known yet
        amount = self.amount_total if self._origin else 0.0
        return running._choose_roomy(amount)

    @api.model
    def _put_under_agreement(self, vals):
        """Put a quotation that is about to be made under the only agreement that it can
        take, whatever it comes to: its lines are priced once then, at the agreed rate.
        Which of several it takes is known once it has lines.

        :param vals: all values of the order but its lines; those of the lock are added
        """
        if vals.get("state") != "draft" or vals.get("signature"):
            return
        order = self.new(
            {name: vals.get(name) for name in AGREED_BY if name in self._fields}
        )
        listed = order.pricelist_id.currency_id
        if listed and listed != order.currency_id:
            return  # it gets another pricelist yet, or another currency
        if agreement := order._find_agreement(sole=True):
            day = fields.Date.to_date(vals.get("validity_date"))
            vals |= self._prepare_at_lock(agreement, day)
            vals["currency_rate"] = agreement.rate

    def _follow_agreement(self):
        """Settle what goes with the agreements that these new orders were put under."""
        for order in self:
            # sudo: salespeople may not read locks
            order._log_lock_taken(order.rate_lock_id.sudo(), True)
            order._follow_converted_prices()

    def _take_agreement(self, reprice=False):
        """Put each quotation without a lock under the running agreement of its
        customer, if there is one with room. An order that left its lock stays out.

        :param bool reprice: convert list prices at the agreed rate; never of what the
            customer holds already
        :return: the orders that took one
        """
        taken = self.browse()
        for order in self:
            if order.rate_lock_id or order.state not in ("draft", "sent"):
                continue
            sent = order.state == "sent"
            agreement = order._find_agreement()
            if sent and agreement and not agreement._has_room(order.amount_total):
                continue  # it would reserve more than is left
            if agreement:
                held = sent or order.signature
                order._take_rate_lock(agreement, reprice and not held)
                taken |= order
        return taken

    # === RELEASING === #

    def _release_rate(self, reason):
        """Release the locks of these orders; each returns to the market rate of its
        date. Nothing that was posted changes.

        :param str reason: mandatory, goes into the chatter of lock and order
        :raises UserError: no reason, or an order without a locked rate
        :raises AccessError: neither the lock's owner nor a manager; a confirmed order's
            lock is released by managers only
        """
        self._check_has_lock()
        # sudo: salespeople may not read locks
        agreed = self.filtered(lambda order: order.rate_lock_id.sudo().kind != "order")
        agreed._leave_agreement(reason)
        (self - agreed).rate_lock_id._release(reason)

    def _check_has_lock(self):
        """Check that each of these orders has a locked rate.

        :raises UserError: one has none
        """
        if unlocked := self.filtered(lambda order: not order.locked_rate):
            raise UserError(
                self.env._(
                    "%(orders)s has no locked rate to release.",
                    orders=", ".join(unlocked.mapped("name")),
                )
            )

    def _leave_agreement(self, reason):
        """Take these orders out of their agreement, which holds for the others."""
        reason = (reason or "").strip()
        if self and not reason:
            raise UserError(self.env._("Say why the rate is released."))
        for order in self:
            order._check_may_leave_agreement()
            # sudo: salespeople may read neither locks nor invoices
            lock = order.rate_lock_id.sudo()
            # sudo: salespeople may read neither locks nor invoices
            drafts = order.sudo().invoice_ids.filtered(
                lambda move, lock=lock: move.rate_lock_id == lock
            )
            body = self.env._(
                "%(order)s left rate agreement %(lock)s: %(reason)s",
                order=order.name,
                lock=lock.name,
                reason=reason,
            )
            # sudo: the right was checked above
            order.sudo()._drop_locked_rate(body)
            drafts._drop_rate_lock()
            lock.message_post(body=as_html(body))

    def _check_may_leave_agreement(self):
        """Check the user's right to take this order out of its agreement.

        :raises AccessError: neither a manager nor, of a quotation, its salesperson
        """
        user = self.env.user
        if self.env.su or user.has_group("multicurrency_crm.group_manager"):
            self.check_access("write")
            return
        self._check_may_lock_rate()
        if self.state not in ("draft", "sent") or self.user_id not in (
            user,
            user.browse(),
        ):
            raise AccessError(
                self.env._(
                    "%(order)s leaves its rate agreement by its salesperson while it "
                    "is a quotation, and by a Multi-Currency manager: ask one of them.",
                    order=self.name,
                )
            )

    def _drop_locked_rate(self, body):
        """Take these orders back to the market's rate; what managers were asked about
        their locks is over. With sudo.

        :param str body: why; in the history of each order
        """
        # what was asked about the lock, or about one in its place, is over with it
        for approval in self.env["fx.rate.approval"]._find_requested(self):
            lock = approval.lock_id
            if approval.order_id.rate_lock_id in lock | lock.supersedes_id:
                approval._cancel_requests()
        for order in self:
            # the prices stay, whatever the rate
            order._get_update_prices_lines()._keep_price()
        self._write_guarded({"locked_rate": 0.0})
        for order in self:
            order.message_post(body=as_html(body))

    @api.depends("locked_rate")
    def _compute_currency_is_settled(self):
        result = super()._compute_currency_is_settled()
        # sudo: a customer may not read that the rate is locked
        for order, held in zip(self, self.sudo(), strict=True):
            order.currency_is_settled |= bool(held.locked_rate)
        return result

    @api.depends("locked_rate")
    @api.depends_context("uid")
    def _compute_tax_totals(self):
        """Compute a customer's totals of a locked order without their amounts in
        company currency: they are at the locked rate."""
        result = super()._compute_tax_totals()
        if self.env.user.share:
            # sudo: a customer may not read that the rate is locked
            for order in self.sudo().filtered("locked_rate"):
                order.tax_totals = _without_company_amounts(order.tax_totals)
        return result

    def _get_settled_refusal(self):
        """A locked rate is a promise in one currency."""
        refusal = super()._get_settled_refusal()
        if refusal or not self.locked_rate:
            return refusal
        return self.env._(
            "The rate of %(order)s is locked in %(currency)s: release it, then switch "
            "the currency.",
            order=self.name,
            currency=self.currency_id.name,
        )
