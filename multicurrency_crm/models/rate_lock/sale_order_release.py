from odoo import models
from odoo.exceptions import AccessError, UserError


class SaleOrder(models.Model):
    """Letting go of a locked rate: of its own, or of the customer's agreement."""

    _inherit = "sale.order"

    def action_release_rate(self):
        """Ask for the reason, then release.

        :raise UserError: no lock, as where somebody else has just released it
        """
        self.ensure_one()
        self._check_has_lock()
        # sudo: whether the user may release is checked with the reason in hand
        return self.rate_lock_id.sudo().action_release()

    def _release_rate(self, reason):
        """Release the locks of these orders; each returns to the market rate of its
        date. Nothing that was posted changes.

        :param str reason: mandatory, goes into the chatter of lock and order
        :raise UserError: no reason, or an order without a locked rate
        :raise AccessError: neither the lock's owner nor a manager; a confirmed order's
            lock is released by managers only
        """
        self._check_has_lock()
        # sudo: salespeople may not read locks
        agreed = self.filtered(lambda order: order.rate_lock_id.sudo().kind != "order")
        agreed._leave_agreement(reason)
        (self - agreed).rate_lock_id._release(reason)

    def _check_has_lock(self):
        if unlocked := self.filtered(lambda order: not order.locked_rate):
            raise UserError(
                self.env._(
                    "%(orders)s has no locked rate to release.",
                    orders=", ".join(unlocked.mapped("name")),
                )
            )

    def _leave_agreement(self, reason):
        """These orders leave their agreement, which holds for the others."""
        reason = (reason or "").strip()
        if self and not reason:
            raise UserError(self.env._("Say why the rate is released."))
        for order in self:
            order._check_may_leave_agreement()
            lock = order.rate_lock_id.sudo()
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
            lock.message_post(body=body)

    def _check_may_leave_agreement(self):
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
        self.write({"locked_rate": 0.0})
        for order in self:
            order.message_post(body=body)

    def _switch_currency(self, currency):
        if self.locked_rate and currency != self.currency_id:
            self._refuse_currency_change()
        return super()._switch_currency(currency)
