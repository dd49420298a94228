from odoo import api, models
from odoo.exceptions import UserError


class FxRateApproval(models.Model):
    """What a decision brings about."""

    _inherit = "fx.rate.approval"

    # === APPROVED === #

    def _carry_out(self):
        """Do what was approved. With sudo: the right to decide was checked."""
        self.ensure_one()
        lock = self.lock_id
        if self.kind == "rate":
            self._make_promise()
        elif self.kind == "extension":
            self._check_still_ahead()
            lock._prolong(self.requested_date, self.reason)
        elif self.kind == "invoicing" and not self._is_of_one_order():
            later = self.requested_date
            lock._write_guarded({"invoice_by": max(lock.invoice_by or later, later)})

    def _is_of_one_order(self):
        """Of an agreement, only the order that was asked about is invoiced later."""
        return bool(self.order_id) and self.lock_id.kind == "agreement"

    def _make_promise(self):
        """The typed rate is approved: the quotation is locked at it, if it still is
        one without a lock; or it takes the place of the lock that it supersedes."""
        lock, order = self.lock_id, self.order_id
        if lock.state != "draft":
            return
        if lock.supersedes_id:
            if lock.date_end < lock.company_id._get_today():
                self._refuse_outdated()
            lock.supersedes_id._give_way_to(lock, self.reason, self.reprice)
            return
        if order and (
            order.state not in ("draft", "sent")
            or order.locked_rate
            or order.currency_id != lock.currency_id
        ):
            self._refuse_outdated()
        lock._activate()
        if order:
            order._take_rate_lock(lock, self.reprice)

    def _check_still_ahead(self):
        if self.requested_date < self.company_id._get_today():
            self._refuse_outdated()

    def _refuse_outdated(self):
        raise UserError(
            self.env._(
                "%(order)s changed since this was asked: refuse it, and let the rate "
                "be locked again.",
                order=self.order_id.name or self.lock_id.name,
            )
        )

    # === NOT APPROVED === #

    def _call_off(self, reason):
        """A rate that is not approved is not promised. A draft agreement stays, for
        its maker to quote another rate."""
        for approval in self:
            lock = approval.lock_id
            made_for_it = lock.kind == "order" or lock.supersedes_id
            if approval.kind == "rate" and lock.state == "draft" and made_for_it:
                lock._end("released", reason)

    def _cancel_requests(self):
        """What was asked about is gone, whoever ended it. With sudo."""
        self._withdraw(self.env._("The request was cancelled."))

    @api.model
    def _find_requested(self, orders):
        """The open requests about orders, with sudo. Orders in the currency of their
        company have none, and cost no query."""
        foreign = orders.filtered(
            lambda order: order.currency_id != order.company_id.currency_id
        )
        # sudo: salespeople without the addon's groups cancel orders, too
        Approval = self.sudo()
        if not foreign:
            return Approval
        return Approval.search(
            [("order_id", "in", foreign.ids), ("state", "=", "requested")]
        )
