from odoo import api, models
from odoo.tools import format_amount

from ...engine.quoting import shortest_quoted
from ...engine.rate_locks import mark_to_market
from ..common.customer_present import is_customer_present


class SaleOrder(models.Model):
    """What a locked rate does when the order is confirmed, cancelled and invoiced."""

    _inherit = "sale.order"

    # === A RATE OF ITS OWN === #

    @api.depends("locked_rate")
    def _compute_missing_rate_warning(self):
        return super()._compute_missing_rate_warning()

    def _filter_needing_rate(self):
        return (
            super()._filter_needing_rate().filtered(lambda order: not order.locked_rate)
        )

    # === CONFIRM, CANCEL === #

    def _filter_checked_when_confirmed(self):
        locked = self.filtered("locked_rate")
        return super()._filter_checked_when_confirmed() | locked

    def _check_confirmable(self):
        result = super()._check_confirmable()
        self._check_lock_room()
        return result

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        # a customer who signs or pays is never turned away: _action_confirm tells
        if message or is_customer_present(self.env):
            return message
        # sudo: whether it has a lock is asked before rights are
        if not self.sudo().locked_rate:
            return False
        # rights come first: who may not confirm is told nothing of the lock
        self.check_access("write")
        return self._get_lock_refused()

    def _action_confirm(self):
        locked = self.filtered("locked_rate")
        # asked before the locks are used
        exceeded = {order: order._get_lock_exceeded() for order in locked}
        result = super()._action_confirm()
        for order in locked:
            order._use_rate_lock()
            if exceeded[order]:
                order._tell_exceeded(exceeded[order])
        locked._check_lock_room()
        return result

    def _use_rate_lock(self):
        """The customer ordered at the promised rate."""
        # sudo: whoever may confirm the order uses its lock
        lock = self.rate_lock_id.sudo()
        lock._expire_ended()
        # an agreement goes on for the next order
        if lock.state == "active" and lock.kind == "order":
            lock._write_guarded({"state": "used"})
        # confirmed: neither that nor another rate is a question any more
        self.env["fx.rate.approval"]._find_requested(self)._cancel_requests()

    def _tell_exceeded(self, exceeded):
        """Ordered at a rate that had ended, or that was too far against us: say so on
        the order and on its lock, and ask a colleague where nobody decided on it."""
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
        self.sudo().message_post(body=note)
        lock.message_post(
            body=self.env._("%(order)s: %(what)s", order=self.name, what=note)
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
        """Locked rate, today's rate and what lies between them for this order."""
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        if not lock.spot_rate:
            return self.env._("Locked: %(rate)s.", rate=lock.rate_display)
        value = self.company_id.currency_id.round(
            mark_to_market(self.amount_total, self.locked_rate, lock.spot_rate)
        )
        return self.env._(
            "Locked: %(rate)s; today: %(market)s; that is %(value)s on this order.",
            rate=lock.rate_display,
            market=lock._get_quoted_equation(*shortest_quoted(lock.spot_rate)),
            value=format_amount(self.env, value, self.company_id.currency_id),
        )

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: as for the confirmation; the promise runs on until its end
        locks = self.filtered("locked_rate").rate_lock_id.sudo()
        locks.filtered(lambda lock: lock.kind == "order")._reopen()
        return result
