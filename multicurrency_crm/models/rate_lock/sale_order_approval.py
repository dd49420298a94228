from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.rate_locks import mark_to_market, rate_deviation
from ..common.customer_present import is_customer_present
from ..common.html_text import as_html
from ..common.nobody_there import is_job
from ..rates.sentences import join_sentences

#: Days asked for where the company gives none.
ASKED_DAYS = 30


class SaleOrder(models.Model):
    """What a manager decides about an order's lock: confirming at a rate whose lock has
    ended, or that is too unfavourable, and invoicing later than promised."""

    _inherit = "sale.order"

    lock_asked = fields.Boolean(
        string="Rate Approval Requested",
        readonly=True,
        copy=False,
        help="Managers have yet to decide on something that was asked about the rate.",
        groups="base.group_user",
        everyday=True,
    )
    lock_asked_note = fields.Char(
        compute="_compute_lock_asked_note", groups="base.group_user"
    )
    lock_overdraw_asked = fields.Boolean(
        compute="_compute_lock_asked_note", groups="base.group_user"
    )
    lock_exceeded_note = fields.Char(
        compute="_compute_lock_exceeded_note",
        compute_sudo=True,
        groups="base.group_user",
    )
    lock_invoice_note = fields.Char(
        compute="_compute_lock_invoice_note",
        compute_sudo=True,
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("lock_asked")
    @api.depends_context("lang")
    def _compute_lock_asked_note(self):
        """Show what managers have yet to decide, so that nobody asks, or promises,
        twice."""
        requested = self.env["fx.rate.approval"]._find_requested(self)
        asked = requested.grouped("order_id")
        for order in self:
            approvals = asked.get(order._origin, requested.browse())
            notes = join_sentences(approvals.mapped("explanation"))
            order.lock_asked_note = notes or False
            order.lock_overdraw_asked = "overdraw" in approvals.mapped("kind")

    @api.depends("state", "locked_rate", "rate_lock_ended", "amount_total")
    @api.depends_context("lang")
    def _compute_lock_exceeded_note(self):
        for order in self:
            asks = order.rate_locked and order.state in ("draft", "sent")
            order.lock_exceeded_note = asks and order._get_lock_refused()

    @api.depends("state", "locked_rate", "invoice_status", "rate_lock_id.invoice_by")
    @api.depends_context("lang")
    def _compute_lock_invoice_note(self):
        for order in self:
            due = order.rate_locked and order.invoice_status == "to invoice"
            order.lock_invoice_note = due and order._get_late_to_invoice()

    # === ACTIONS === #

    def action_request_lock_approval(self):
        """Ask the managers to let this quotation be confirmed at its locked rate.

        :raises UserError: nothing needs approval
        """
        self.check_access("write")
        # sudo: whoever asks may not read what is asked
        asked = self.env["fx.rate.approval"].sudo()
        for order in self:
            exceeded = order._get_lock_exceeded()
            if not exceeded or order._is_lock_approved():
                raise UserError(
                    self.env._("%(order)s needs no approval.", order=order.name)
                )
            asked |= asked._request(
                "confirmation",
                order=order,
                lock=order.rate_lock_id.sudo(),
                explain=lambda asked: asked.order_id._get_lock_exceeded(),
            )
            order.message_post(
                body=as_html(self.env._("Approval requested: %(why)s", why=exceeded))
            )
        return asked._get_answer()

    def action_request_invoice_approval(self):
        """Ask the managers to let these orders be invoiced after their day.

        :raises UserError: an order that needs no approval
        """
        self.check_access("write")
        for order in self:
            late = order.locked_rate and order._get_late_to_invoice()
            if not late:
                raise UserError(
                    self.env._("%(order)s needs no approval.", order=order.name)
                )
            days = order.company_id.lock_invoice_days or ASKED_DAYS
            day = order.company_id._get_today() + timedelta(days=days)
            order.rate_lock_id._request_invoicing(day, order=order)
            order.message_post(
                body=as_html(
                    self.env._(
                        "Approval requested: invoicing at the locked rate until "
                        "%(day)s.",
                        day=format_date(self.env, day),
                    )
                )
            )
        return True

    def _switch_currency(self, currency):
        """Move a quotation to another currency: what was asked about a rate of the old
        one is over."""
        asked = self.env["fx.rate.approval"]
        if currency != self.currency_id:
            asked = asked._find_requested(self)
        result = super()._switch_currency(currency)
        asked._cancel_requests()
        return result

    def _withdraw_requests(self, lock, kind=None):
        """Withdraw what managers were asked about other locks of this order, and say so
        in its history.

        :param lock: ``fx.rate.lock``, which takes their place
        :param str kind: of the requests; None for all of them
        """
        requested = self.env["fx.rate.approval"]._find_requested(self)
        over = requested.filtered(
            lambda approval: approval.lock_id != lock and kind in (None, approval.kind)
        )
        for approval in over:
            approval._cancel_requests()
            self.message_post(
                body=as_html(
                    self.env._(
                        "The request for approval of %(asked)s is withdrawn: %(lock)s "
                        "takes its place.",
                        asked=approval.lock_id.name,
                        lock=lock.name,
                    )
                )
            )

    # === ASKED, NOT DECIDED === #

    def _get_rate_undecided(self):
        """Return why a quotation without a locked rate isn't confirmed while a manager
        has yet to decide on one, or False."""
        asked = self.env["fx.rate.approval"]._find_requested(self)[:1].lock_id
        return bool(asked) and self.env._(
            "%(order)s waits for a manager's decision on %(rate)s: wait for it, or "
            "withdraw the request under Locks > Approvals to order at the rate of "
            "the day.",
            order=self.name,
            rate=asked.rate_display,
        )

    def _drop_undecided_rates(self):
        """Withdraw what was asked about rates of orders that were confirmed without
        one: their customers don't wait. A colleague is told."""
        requested = self.env["fx.rate.approval"]._find_requested(self)
        for approval in requested:
            rate, order = approval.lock_id.rate_display, approval.order_id
            approval._cancel_requests()
            told = order._in_responsible_language()
            note = told.env._(
                "%(order)s was ordered before a manager had decided on %(rate)s: the "
                "request is withdrawn, and the order has the rate of its day.",
                order=order.name,
                rate=rate,
            )
            told.message_post(body=as_html(note))
            told._notify_responsible(told.env._("Ordered without its rate"), note)

    def _is_withheld(self):
        """Withhold a draft that finds no room in its agreement, whose rate isn't
        confirmed without a manager, or waits for one."""
        order = self.sudo()  # customers may read none of this
        if order.state != "draft" or not (order.locked_rate or order.lock_asked):
            return super()._is_withheld()
        if order.locked_rate:
            refused = order._get_lock_room_note() or order._get_lock_refused()
        else:
            refused = order._get_rate_undecided()
        return bool(refused) or super()._is_withheld()

    # === ENDED, OR TOO UNFAVOURABLE === #

    def _get_lock_exceeded(self):
        """Return what is wrong with confirming at the locked rate, or False."""
        self.ensure_one()
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        if not self.locked_rate:
            return False
        if over := self._get_lock_over(lock):
            return over
        # asked anew: the market may have moved since the order was read
        spot = self._find_lock_spots().get(self)
        if not spot or not lock._is_too_unfavourable(spot.rate, self):
            return False
        deviation = rate_deviation(self.locked_rate, spot.rate)
        tolerated = lock._get_tolerated(self)
        return self.env._(
            "The locked rate of %(order)s is unfavourable: %(rate)s is %(distance)s "
            "(%(market)s on %(date)s). The tolerance ends at %(edge)s.",
            order=self.name,
            **lock._get_judged_terms(spot.rate, spot.date, deviation, tolerated),
        )

    def _get_lock_over(self, lock):
        """Return why the rate of a lock isn't promised to this order any more, or
        False."""
        # the lock of an order is used by itself
        ended = lock.state == "expired" or lock._has_ended()
        if ended or (lock.state == "used" and self.state != "sale"):
            return self.env._(
                "The locked rate of %(order)s ended on %(end)s.",
                order=self.name,
                end=format_date(self.env, lock.date_end),
            )
        if lock.state == "released":
            # another rate took the place of its own since it was confirmed, or while
            # it was cancelled
            return self.env._(
                "The locked rate of %(order)s isn't promised any more: %(lock)s was "
                "released.",
                order=self.name,
                lock=lock.name,
            )
        customer = self.partner_id.commercial_partner_id
        if lock.kind == "agreement" and lock.partner_id != customer:
            # the customer belongs to another parent by now
            return self.env._(
                "The rate of %(order)s is promised to %(customer)s, to which its "
                "customer belongs no longer.",
                order=self.name,
                customer=lock.partner_id.display_name,
            )
        return False

    def _get_lock_refused(self):
        """Return why the quotation isn't confirmed without a manager, or False."""
        policy = self.company_id.lock_exceeded_policy
        exceeded = policy != "allow" and self._get_lock_exceeded()
        if not exceeded or self._is_lock_approved():
            return False
        if policy == "reprice" and not self._is_price_accepted():
            return False
        return self.env._(
            "%(exceeded)s Request the approval of a manager, or release the rate and "
            "lock today's, then confirm.",
            exceeded=exceeded,
        )

    def _is_lock_approved(self):
        """Return whether a manager approved this order at this lock, for no less than
        its amount."""
        # sudo: as for the lock
        approvals = self.env["fx.rate.approval"].sudo()
        approved = approvals.search(
            [
                ("kind", "=", "confirmation"),
                ("state", "=", "approved"),
                ("order_id", "=", self.id),
                ("lock_id", "=", self.rate_lock_id.id),
            ],
            order="amount desc",
            limit=1,
        )
        if not approved:
            return False
        return self.currency_id.compare_amounts(self.amount_total, approved.amount) <= 0

    def _is_price_accepted(self):
        """Return whether the customer signed or paid these prices."""
        # sudo: salespeople may not read payments
        order = self.sudo()
        paid = order.transaction_ids.filtered(
            lambda tx: tx.state in ("pending", "authorized", "done")
        )
        return bool(order.signature or paid)

    def _reprice_exceeded(self):
        """Lock today's rate and convert the list prices again where the company's
        policy says so, unless the customer accepted them."""
        due = self.filtered(
            lambda order: (
                order.locked_rate
                and order.state in ("draft", "sent")
                and order.company_id.lock_exceeded_policy == "reprice"
                and not order._is_price_accepted()
                and order._get_lock_exceeded()
            )
        )
        if due:
            # rights come first: nothing is released for who may not confirm
            due.check_access("write")
        for order in due:
            reason = order._get_lock_exceeded()
            # sudo: the setting is the company's choice, whatever the user's rights
            seller = order.sudo()
            lock = seller.rate_lock_id
            if lock.state == "active" and not lock._has_ended():
                seller._release_rate(reason)
            seller._lock_rate(reprice=True)

    def _note_exceeded(self, exceeded):
        """Note on the order and on its lock that it was ordered at a rate that had
        ended, or that was too unfavourable. A colleague is asked where nobody decided
        on it.

        :param str exceeded: as ``_get_lock_exceeded`` says, in the language of that
            colleague
        """
        self = self._in_responsible_language()
        # sudo: salespeople may not read locks
        lock = self.rate_lock_id.sudo()
        decided = self._is_lock_approved()
        what = {"exceeded": exceeded, "figures": self._get_lock_figures()}
        if decided:
            note = self.env._(
                "Confirmed with a manager's approval. %(exceeded)s %(figures)s", **what
            )
        elif is_customer_present(self.env):
            note = self.env._(
                "The customer ordered all the same. %(exceeded)s %(figures)s", **what
            )
        else:
            note = self.env._(
                "Confirmed, as the settings allow. %(exceeded)s %(figures)s", **what
            )
        # sudo: a customer, or a colleague who may read no lock, confirms, too
        self.sudo().message_post(body=as_html(note))
        lock.message_post(
            body=as_html(self.env._("%(order)s: %(what)s", order=self.name, what=note))
        )
        if is_customer_present(self.env) and not decided:
            self._ask_colleague(
                self.env._("Ordered beyond the terms of the rate lock"),
                self.env._(
                    "%(what)s The order keeps the rate until a manager releases it.",
                    what=note,
                ),
            )

    def _get_lock_figures(self):
        """Return the locked rate, today's, and what lies between them for this order,
        as a sentence."""
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        if not lock.spot_rate:
            return self.env._("Locked: %(rate)s.", rate=lock.rate_display)
        value = self.company_id.currency_id.round(
            mark_to_market(self.amount_total, self.locked_rate, lock.spot_rate)
        )
        return self.env._(
            "Locked: %(rate)s; today: %(market)s; that is %(value)s on this order.",
            rate=lock.rate_display,
            market=lock.spot_note,
            value=self.company_id.currency_id._format_amount(value),
        )

    # === INVOICED TOO LATE === #

    def _get_invoice_by(self):
        """Return the last day to invoice this order at its locked rate: the lock's, or
        a later one that a manager approved for this order."""
        self.ensure_one()
        # sudo: salespeople may not read locks
        lock = self.rate_lock_id.sudo()
        approved = lock.approval_ids.filtered(
            lambda approval: (
                approval.order_id == self
                and approval.kind == "invoicing"
                and approval.state == "approved"
            )
        )
        days = [lock.invoice_by, *approved.mapped("requested_date")]
        return max(filter(None, days), default=False)

    def _get_late_to_invoice(self):
        """Return why this order isn't invoiced at its locked rate any more, or
        False."""
        today = self.company_id._get_today()
        promised = self.rate_lock_id.sudo().invoice_by  # salespeople may not read locks
        last = promised and promised < today and self._get_invoice_by()
        if not last or last >= today:
            return False
        return self.env._(
            "%(order)s was to be invoiced at its locked rate by %(day)s: request the "
            "approval of a manager, then invoice it.",
            order=self.name,
            day=format_date(self.env, last),
        )

    def _check_invoice_by(self, moves):
        """Check that these orders may still be invoiced at their locked rates. What is
        credited always may.

        A customer who pays, or a job, gets the invoice all the same, and a colleague is
        asked.

        :param moves: the new documents
        :raises UserError: an order is invoiced too late
        """
        late = {
            order: sentence
            for order in self
            if (sentence := order._get_late_to_invoice())
        }
        if not late:
            return
        # sudo: whoever invoices may not read every line
        invoices = moves.sudo().filtered(lambda move: move.move_type == "out_invoice")
        invoiced = invoices.invoice_line_ids.sale_line_ids.order_id
        billed = self.filtered(lambda order: order in late and order in invoiced)
        if billed and not self._is_invoiced_by_itself():
            # rights come first: who may not go on reads nothing of the lock
            billed.check_access("write")
            raise UserError("\n".join(late[order] for order in billed))
        for order in billed:
            order = order._in_responsible_language()
            order._ask_colleague(
                order.env._("Invoiced late at a locked rate"),
                order.env._(
                    "%(order)s was invoiced after %(day)s, the last day for its locked "
                    "rate: keep the invoice, or credit it and release the rate.",
                    order=order.name,
                    day=format_date(order.env, order._get_invoice_by()),
                ),
            )

    def _is_invoiced_by_itself(self):
        """Return whether nobody could read a sentence: a customer pays, or a job of the
        server invoices. A context from outside doesn't make it one."""
        is_own = self.env.su and is_job(self.env)
        return is_customer_present(self.env) or is_own

    # === ASKING COLLEAGUES === #

    def _notify_accepted_late(self):
        """Ask a colleague to look at each quotation that its customer signed or paid
        after the end of its lock. For one that was confirmed by that,
        ``_action_confirm`` asks. Likewise where the currency is archived since."""
        waiting = self.filtered(lambda order: order.state in ("draft", "sent"))
        waiting._notify_archived()
        for order in waiting.filtered("rate_lock_ended"):
            order = order._in_responsible_language()
            order._ask_colleague(
                order.env._("Accepted after the rate lock ended"),
                order.env._(
                    "The customer signed or paid %(order)s after its locked rate ended "
                    "on %(end)s: lock today's rate, or confirm at the locked one.",
                    order=order.name,
                    end=format_date(order.env, order.rate_lock_end),
                ),
            )

    def _ask_colleague(self, summary, note):
        """Ask the responsible colleague to look at this order, once.

        :param str summary: what the activity is called; while one of that name is open,
            no other is made
        :param str note: what happened
        """
        self.ensure_one()
        # sudo: customers, who may read none of this, come here, too
        order = self.sudo()
        if summary in order.activity_ids.mapped("summary"):
            return
        order._notify_responsible(summary, note)
