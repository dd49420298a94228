from odoo import api, models
from odoo.tools import format_date

from ..customer_present import is_customer_present


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

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        # a customer who signs or pays is never turned away: _action_confirm tells
        if message or not self.locked_rate or is_customer_present(self.env):
            return message
        return self._get_lock_refused()

    def _action_confirm(self):
        result = super()._action_confirm()
        locked = self.filtered("locked_rate")
        for order in locked:
            order._use_rate_lock()
        locked._check_lock_room()
        return result

    def _use_rate_lock(self):
        """The customer ordered at the promised rate. Where they did so after its end
        (paying or signing online), the order keeps it and the salesperson decides."""
        # sudo: whoever may confirm the order uses its lock
        lock = self.rate_lock_id.sudo()
        lock._expire_ended()
        if lock.state == "active":
            # an agreement goes on for the next order
            if lock.kind == "order":
                lock.write({"state": "used"})
        elif lock.state == "expired" and is_customer_present(self.env):
            message = self.env._(
                "The customer ordered %(order)s after its locked rate ended on "
                "%(end)s. The order keeps the rate until a manager releases it.",
                order=self.name,
                end=format_date(self.env, lock.date_end),
            )
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Ordered after the rate lock ended"),
                note=message,
                user_id=self._get_responsible_user().id,
            )

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: as for the confirmation; the promise runs on until its end
        locks = self.filtered("locked_rate").rate_lock_id.sudo()
        locks.filtered(lambda lock: lock.kind == "order")._reopen()
        return result

    # === INVOICES === #

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # always there: core sorts the grouping keys of all orders together
        values["rate_lock_id"] = self.locked_rate and self.rate_lock_id.id or False
        return values

    def _get_invoice_grouping_keys(self):
        return [*super()._get_invoice_grouping_keys(), "rate_lock_id"]
