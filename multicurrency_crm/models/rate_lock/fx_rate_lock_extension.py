from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...engine.rate_locks import rate_deviation
from .fx_rate_lock_life import MANAGER


class FxRateLock(models.Model):
    """A later end of the same promise."""

    _inherit = "fx.rate.lock"

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

    # === WHO, WHAT === #

    def _check_may_extend(self):
        """Whether the user may extend this promise, and it is one that still can be.

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

    def _check_may_prolong(self, states):
        self.ensure_one()
        # sudo: a salesperson without the addon's groups gets a sentence, too
        user, lock = self.env.user, self.sudo()
        if not self.env.su and (
            lock.company_id not in user.company_ids
            or not (lock.user_id == user or user.has_group(MANAGER))
        ):
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
        """:raises UserError: no later day, or one that is over"""
        today = self.company_id._get_today()
        if not date_end or date_end < today or date_end <= self.date_end:
            raise UserError(
                self.env._(
                    "%(lock)s ends on %(end)s: choose a later day that is not over.",
                    lock=self.name,
                    end=format_date(self.env, self.date_end),
                )
            )

    def _get_invoice_limit(self, date_end):
        """The last day to invoice that goes with an end, without anybody's approval."""
        return date_end + timedelta(days=self.company_id.lock_invoice_days)

    # === EXTENDING === #

    def _extend(self, date_end, reason=None, invoice_by=None):
        """Promise the same rate until a later day. A rate that is against us by more
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
        if explanation := lock._explain_against_us():
            asked |= asked._request(
                "extension",
                lock=self,
                order=lock._get_quotation(),
                explanation=explanation,
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
        self.message_post(body=body)
        if order:
            order.message_post(body=body)

    def _lead_validity(self, order, before):
        """The quotation of an order's lock holds as long as the lock, where it ended
        with the former one, or is over."""
        validity, today = order.validity_date, self.company_id._get_today()
        if validity and (validity >= before or validity < today):
            order.validity_date = self.date_end

    def _explain_against_us(self):
        """Why promising the same rate for longer asks for approval, or False.

        :raises UserError: no fresh rate to judge by
        """
        spot = self._find_fresh_spot()
        deviation = rate_deviation(self.rate, spot.rate)
        tolerated = self._get_tolerated()
        if deviation >= -tolerated:
            return False
        return self.env._(
            "%(rate)s is %(deviation)s %% against us today; %(tolerance)s %% are "
            "tolerated.",
            rate=self.rate_display,
            deviation=f"{-deviation * 100:.2f}",
            tolerance=f"{tolerated * 100:.2f}",
        )

    def _get_tolerated(self):
        """How far the market may move against this promise before a manager decides:
        its tolerance, counted from what a manager approved for it already.

        :return: share of the market rate, above zero
        """
        approved = self.approval_ids.filtered(
            lambda approval: (
                approval.kind in ("rate", "extension") and approval.state == "approved"
            )
        )
        worst = min([0.0, *approved.mapped("rate_deviation")])
        return self.tolerance - worst

    # === INVOICING === #

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
            explanation=self.env._(
                "Orders at %(lock)s are to be invoiced by %(before)s; %(day)s is asked "
                "for.",
                lock=lock.name,
                before=format_date(self.env, lock.invoice_by),
                day=format_date(self.env, invoice_by),
            ),
            requested_date=invoice_by,
            reason=reason,
        )
