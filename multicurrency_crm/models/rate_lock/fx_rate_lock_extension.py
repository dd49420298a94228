from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...engine.rate_locks import is_beyond, rate_deviation, rate_shortfall
from ..common.html_text import as_html
from .fx_rate_lock import MANAGER


class FxRateLock(models.Model):
    """A later end of the same promise, or another rate instead: a new lock in the place
    of the old one."""

    _inherit = "fx.rate.lock"

    may_change = fields.Boolean(
        compute="_compute_may_change",
        compute_sudo=True,  # the owner's company, which not everybody may read
        help="The owner and the managers extend and release.",
    )
    successor_id = fields.Many2one(
        "fx.rate.lock", compute="_compute_successor_id", string="Superseded by"
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_may_change(self):
        for lock in self:
            lock.may_change = lock._may_be_changed_by(self.env.user)

    @api.depends("successor_ids")
    def _compute_successor_id(self):
        for lock in self:
            lock.successor_id = lock.successor_ids.sorted("id")[-1:]

    # === ACTIONS === #

    def action_extend(self):
        """Open the dialog that asks for the later end, and for another rate."""
        self.ensure_one()
        # sudo: a salesperson without the addon's groups gets a sentence, too
        if self.sudo().state == "used" and self.sudo().kind == "order":
            self._check_may_prolong(("used",))
        else:
            self._check_may_extend()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Extend"),
            "res_model": "fx.rate.lock.extend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lock_id": self.id},
        }

    def _get_form_action(self):
        """Return the action that opens this lock."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === WHO MAY EXTEND WHAT === #

    def _check_may_extend(self):
        """Check that the user may extend this promise, and that it still can be
        extended.

        :raises UserError: ordered at already, taken back, or of no quotation any more
        :raises AccessError: neither the lock's owner nor a manager
        """
        # sudo: a salesperson without the addon's groups gets a sentence, too
        lock = self.sudo()
        over = ("used",) if lock.kind == "agreement" else ()
        self._check_may_prolong(("active", "expired", *over))
        if lock.kind == "order" and not lock._get_quotation():
            raise UserError(
                self.env._(
                    "No quotation waits for %(lock)s: lock the rate of the next one "
                    "instead of extending.",
                    lock=lock.name,
                )
            )

    def _may_be_changed_by(self, user):
        """Return whether a user is this lock's owner, or a manager of its company. With
        sudo."""
        owns = self.user_id == user or user.has_group(MANAGER)
        return owns and self.company_id in user.company_ids

    def _check_may_prolong(self, states):
        """Check that the user may extend this lock, in one of these states.

        :param states: in which a lock can be extended
        :raises UserError: another state
        :raises AccessError: neither the lock's owner nor a manager
        """
        self.ensure_one()
        # sudo: a salesperson without the addon's groups gets a sentence, too
        user, lock = self.env.user, self.sudo()
        if not self.env.su and not lock._may_be_changed_by(user):
            raise AccessError(
                self.env._(
                    "%(lock)s is extended by %(owner)s, or by a Multi-Currency manager "
                    "of that company: ask one of them.",
                    lock=lock.name,
                    owner=lock.user_id.name or "–",
                )
            )
        if lock.state not in states:
            raise UserError(
                self.env._(
                    "%(lock)s can't be extended: it was used or taken back. Lock a new "
                    "rate.",
                    lock=lock.name,
                )
            )

    def _check_later_end(self, date_end):
        """Check a new last day of this lock.

        :raises UserError: no later day, or one that is over
        """
        today = self.company_id._get_today()
        if not date_end or date_end < today or date_end <= self.date_end:
            raise UserError(
                self.env._(
                    "%(lock)s ends on %(end)s: choose a later day that is not over.",
                    lock=self.name,
                    end=format_date(self.env, self.date_end),
                )
            )

    # === EXTENDING === #

    def _extend(self, date_end, reason=None, invoice_by=None):
        """Promise the same rate until a later day. A rate that is unfavourable by more
        than the tolerance is requested from a manager.

        :param date_end: the new last day to order
        :param str reason: why; in the history of the lock and of its quotation
        :param invoice_by: the last day to invoice; one later than the company's
            setting gives is requested from a manager
        :return: the requested ``fx.rate.approval`` records, if any
        :raises UserError: no later day; no fresh rate to judge by; nothing to extend
        :raises AccessError: neither the lock's owner nor a manager
        """
        self._check_may_extend()
        # sudo: the right was checked; the fields of a lock are closed to writes
        lock = self.sudo()
        lock._check_later_end(date_end)
        asked = self.env["fx.rate.approval"]
        if lock._is_unfavourable():
            asked |= asked._request(
                "extension",
                lock=self,
                order=lock._get_quotation(),
                explain=lambda asked: asked.lock_id._explain_unfavourable(),
                requested_date=date_end,
                reason=reason,
            )
        else:
            lock._prolong(date_end, reason)
        if invoice_by and invoice_by > lock._get_invoice_limit(date_end):
            asked |= self._request_invoicing(invoice_by, reason)
        return asked

    def _prolong(self, date_end, reason):
        """Move the end; what is allowed was checked. With sudo.

        A quotation that expired with its lock follows; one that expires before it by
        somebody's choice keeps its day.

        :raises UserError: used or taken back since this was asked for
        """
        self._check_may_extend()
        before = self.date_end
        limit = self._get_invoice_limit(date_end)
        order = self._get_quotation()
        self._write_guarded(
            {
                "date_end": max(before, date_end),
                "invoice_by": max(self.invoice_by or limit, limit),
                "state": "active",
            }
        )
        self._lead_validity(order, before)
        body = self.env._(
            "%(lock)s holds until %(end)s instead of %(before)s. %(reason)s",
            lock=self.name,
            end=format_date(self.env, self.date_end),
            before=format_date(self.env, before),
            reason=reason or "",
        )
        self.message_post(body=as_html(body))
        if order:
            order.message_post(body=as_html(body))

    def _lead_validity(self, order, before):
        """Let the quotation of an order's lock hold as long as the lock, where it
        expired with the former end, or is over.

        :param order: the quotation
        :param before: the former end
        """
        validity, today = order.validity_date, self.company_id._get_today()
        if validity and (validity >= before or validity < today):
            order.validity_date = self.date_end

    def _is_unfavourable(self):
        """Return whether promising the same rate for longer asks for approval.

        :raises UserError: no fresh rate to judge by
        """
        return self._is_too_unfavourable(self._find_fresh_spot().rate)

    def _is_too_unfavourable(self, market, order=None):
        """Return whether this rate is unfavourable by more than is tolerated.

        :param market: rate of the market; units of the currency for 1 unit of company
            currency
        :param order: as for ``_get_tolerated``
        """
        tolerated = self._get_tolerated(order)
        return is_beyond(rate_shortfall(self.rate, market), tolerated)

    def _explain_unfavourable(self):
        """Return how far the market has moved since this rate was promised, to the
        disadvantage of the company, and where the tolerance ends.

        :raises UserError: no fresh rate to judge by
        """
        spot = self._find_fresh_spot()
        deviation = rate_deviation(self.rate, spot.rate)
        tolerated = self._get_tolerated()
        return self.env._(
            "%(rate)s is unfavourable: %(distance)s (%(market)s on %(date)s). The "
            "tolerance ends at %(edge)s.",
            **self._get_judged_terms(spot.rate, spot.date, deviation, tolerated),
        )

    def _get_tolerated(self, order=None):
        """Return how far the market may move against this promise before a manager
        decides: its tolerance, counted from what a manager approved for it already.

        The tolerance of an agreement counts where a manager approved the agreement;
        otherwise the company's does, if that is narrower.

        :param order: what was approved for a lower amount than it has doesn't count
        :return: share of the market rate, above zero
        """
        approved = self.approval_ids.filtered(
            lambda approval: (
                approval.kind in ("rate", "extension")
                and approval.state == "approved"
                and (not order or approval._is_for_amount_of(order))
            )
        )
        worst = min([0.0, *approved.mapped("rate_deviation")])
        tolerance = self.tolerance
        if self.kind == "agreement" and "rate" not in approved.mapped("kind"):
            tolerance = min(tolerance, self.company_id.lock_tolerance)
        return tolerance + rate_shortfall(1 + worst, 1.0)

    # === INVOICING === #

    def _get_invoice_limit(self, date_end):
        """Return the last day to invoice that goes with an end, without anybody's
        approval."""
        return date_end + timedelta(days=self.company_id.lock_invoice_days)

    def _request_invoicing(self, invoice_by, reason=None, order=None):
        """Ask a manager to let orders at this lock be invoiced until a later day.

        :param invoice_by: the day
        :param order: the order, where it is about one
        :return: ``fx.rate.approval``
        :raises UserError: no later day
        """
        lock = self.sudo()  # salespeople may not read locks
        today = lock.company_id._get_today()
        if invoice_by < today or (lock.invoice_by and invoice_by <= lock.invoice_by):
            raise UserError(
                self.env._(
                    "%(lock)s may be invoiced until %(day)s: ask for a later day "
                    "that is not over.",
                    lock=lock.name,
                    day=format_date(self.env, lock.invoice_by),
                )
            )
        return self.env["fx.rate.approval"]._request(
            "invoicing",
            lock=self,
            order=order,
            explain=lambda asked: asked._explain_invoicing(invoice_by),
            requested_date=invoice_by,
            reason=reason,
        )

    # === ANOTHER RATE === #

    def _supersede(self, date_end, reason, quoted=None, reprice=False):
        """Promise another rate. This lock never changes: it is released with the
        reason, and a new one takes its place. A typed rate further from the market than
        the tolerance is requested from a manager; until then everything stays.

        :param date_end: the last day of the new lock
        :param str reason: mandatory; in the history of both locks and of the order
        :param quoted: (text of the rate, direction) as typed, or None for today's,
            moved by the margin
        :param bool reprice: convert list prices of the quotations again, but for those
            that the customer holds already
        :return: the new ``fx.rate.lock``; a draft where approval was requested
        :raises UserError: no reason, no later day, nothing to supersede, no fresh rate
        :raises AccessError: neither the lock's owner nor a manager
        """
        self._check_may_extend()
        # sudo: the right was checked; locks aren't written by hand
        lock, reason = self.sudo(), (reason or "").strip()
        lock._check_may_give_way(date_end, reason, reprice)
        new = lock._create_guarded([lock._prepare_successor(date_end, quoted)])
        if lock.kind == "agreement":
            new._join_promise(lock)
        deviation = rate_deviation(new.rate, new.market_rate)
        judged = quoted or lock.kind == "agreement"
        if judged and new._asks_for_approval(new.rate, new.market_rate, new.tolerance):
            self.env["fx.rate.approval"]._request(
                "rate",
                lock=new,
                order=lock._get_quotation(),
                explain=lambda asked: asked.lock_id._explain_typed(deviation),
                reprice=reprice,
                reason=reason,
            )
        else:
            lock._give_way_to(new, reason, reprice)
        return new.sudo(self.env.su)

    def _check_may_give_way(self, date_end, reason, reprice):
        """Check that another rate can be promised instead of this one.

        :raises UserError: no reason, no last day, an open request, signed prices, or
            nothing left of the cap
        """
        today = self.company_id._get_today()
        if not reason:
            raise UserError(self.env._("Say why the customer gets another rate."))
        if not date_end or date_end < today:
            raise UserError(self.env._("Choose a last day that is not over."))
        if waiting := self.successor_ids.filtered(lambda lock: lock.state == "draft"):
            raise UserError(
                self.env._(
                    "A manager has yet to decide on %(new)s instead of %(lock)s: wait "
                    "for that.",
                    new=waiting[0].name,
                    lock=self.name,
                )
            )
        if reprice and self.kind == "order" and self._get_quotation().signature:
            raise UserError(
                self.env._(
                    "The customer has signed the prices of %(order)s: keep them.",
                    order=self._get_quotation().name,
                )
            )
        if self.amount_cap and not self._has_room():
            raise UserError(
                self.env._(
                    "Nothing is left of %(lock)s for another rate: agree on a new one.",
                    lock=self.name,
                )
            )

    def _prepare_successor(self, date_end, quoted):
        """Return the values of the lock that takes this one's place, from today's
        market.

        :param quoted: as for ``_supersede``
        """
        company = self.company_id
        today = company._get_today()
        return {
            "kind": self.kind,
            "company_id": company.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "user_id": self.user_id.id or self.env.uid,
            **self._prepare_quoted(
                company,
                self.currency_id,
                self._find_fresh_spot(),
                (date_end - today).days,
                quoted,
            ),
            "tolerance": (
                self.tolerance if self.kind == "agreement" else company.lock_tolerance
            ),
            # what was ordered at the old rate draws on the same cap
            "amount_cap": self.amount_cap,
            "cap_basis": self.cap_basis,
            "note": self.note,
            "date_start": today,
            "date_end": date_end,
            "invoice_by": self._get_invoice_limit(date_end),
            "supersedes_id": self.id,
        }

    def _give_way_to(self, new, reason, reprice):
        """Release this lock and put its quotations under ``new``. What was ordered
        stays at the rate it was ordered at. With sudo.

        :raises UserError: used or taken back since this was asked for
        """
        self._check_may_extend()
        quotations = self.order_ids.filtered(
            lambda order: order.locked_rate and order.state in ("draft", "sent")
        )
        told = self.env._(
            "%(new)s takes the place of %(lock)s: %(reason)s",
            new=new.name,
            lock=self.name,
            reason=reason,
        )
        quotations._drop_locked_rate(told)
        self._end("released", told)
        new._activate()
        for order in quotations:
            held = order.state == "sent" and self.kind == "agreement"
            order._take_rate_lock(
                new, reprice and not held and not order._is_price_accepted()
            )
            if new.kind == "order":
                new._lead_validity(order, self.date_end)
