from odoo import api, models
from odoo.exceptions import UserError

from ..common.customer_present import is_customer_present
from ..common.nobody_there import is_job


class SaleOrder(models.Model):
    """Rates that are locked by themselves, by the settings of the company or customer:
    when a quotation is sent, or confirmed.

    What is locked before a document is rendered is tentative until it was sent: where
    nobody sends it that day, the lock is taken back at night, and whoever goes to send
    it again after the market moved locks today's rate.
    """

    _inherit = "sale.order"

    def _lock_on_sending(self, rendered=False):
        """Lock what the settings have locked when it is sent, before the document is
        rendered, so that the customer reads what was locked.

        Confirmed orders are left alone. A quotation whose lock has ended is locked
        anew, at today's rate: it is sent as a new offer.

        :param bool rendered: the document is about to be rendered, and may never be
            sent
        :raises UserError: the rate can't be locked, and somebody is there to read it
        """
        # what a dialog sends shows the rate that was locked when it opened
        if rendered or not self.env.context.get("mark_so_as_sent"):
            self._renew_tentative()
        due = self._try_agreement(again=True)
        locks = due._filter_lock_timing(("send",))._lock_or_notify()
        if rendered and locks:
            # sudo: closed to writes by hand
            locks.sudo()._write_guarded({"is_tentative": True})

    def _find_tentative(self):
        """Return those of these quotations whose locks are tentative, with sudo."""
        # sudo: salespeople may not read locks
        return self.sudo().filtered(
            lambda order: (
                order.state == "draft"
                and order.locked_rate
                and order.rate_lock_id.is_tentative
            )
        )

    def _renew_tentative(self):
        """Take back the tentative locks of these quotations where the market has moved
        since, so that today's rate is locked."""
        tentative = self._find_tentative()
        spots = tentative._find_lock_spots() if tentative else {}
        for order in tentative:
            spot, lock = spots.get(order), order.rate_lock_id
            if not spot or spot.rate != lock.market_rate or lock._has_ended():
                order._drop_tentative()

    def _drop_tentative(self):
        """Take back the tentative locks of these quotations, which were never sent: as
        if there had been none. With sudo."""
        for order in self:
            lock = order.rate_lock_id
            reason = self.env._("%(order)s wasn't sent.", order=order.name)
            order._drop_locked_rate(
                self.env._(
                    "Rate lock %(lock)s released: %(reason)s",
                    lock=lock.name,
                    reason=reason,
                )
            )
            order.flush_recordset(["lock_open"])  # nothing of it is promised any more
            order._write_guarded({"rate_lock_id": False})
            lock._end("released", reason)

    def _keep_tentative(self):
        """Keep the tentative locks of what was sent: they are promises."""
        # sudo: salespeople may not read locks
        tentative = self.sudo().rate_lock_id.filtered("is_tentative")
        if tentative:
            tentative._write_guarded({"is_tentative": False})

    def _lock_on_confirming(self):
        """Lock what the settings have locked when it is sent or confirmed.

        :raises UserError: the rate can't be locked, and somebody is there to read it
        """
        due = self._try_agreement()
        if due := due._filter_lock_timing(("send", "confirm")):
            due._renew_validity()
            due._lock_or_notify()

    def _renew_validity(self):
        """Let expired quotations that are confirmed today be valid today: their locks,
        which end with them, need no day beyond that."""
        for order in self:
            today = order.company_id._get_today()
            if order.validity_date and order.validity_date < today:
                order.validity_date = today

    def _try_agreement(self, again=False):
        """Put the quotations without a lock under running agreements; prices stay.

        :param bool again: count what has a lock that ended as without one
        :return: those left, with sudo: locking them is up to the settings
        """
        quotations = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.currency_id != order.company_id.currency_id
            )
        )
        if quotations:
            # customers see their quotations, too, and may call these buttons
            quotations = quotations._filtered_access("write").filtered(
                lambda order: (
                    not order.rate_lock_id or (again and order._has_ended_lock())
                )
            )
        if not quotations:
            return quotations
        # sudo: the setting is the company's choice, whatever the user's rights
        return quotations.sudo() - quotations.sudo()._take_agreement()

    def _filter_lock_timing(self, timings):
        """Keep the orders whose rates the settings lock at one of these moments.

        :param timings: 'send', 'confirm'
        """
        return self.filtered(
            lambda order: order.partner_id._get_lock_timing(order.company_id) in timings
        )

    def _has_ended_lock(self):
        """Return whether this quotation still has the rate of a lock whose last day is
        over, or that was taken back. An agreement that others ordered at ends as
        used."""
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        over = lock.state == "active" and lock._has_ended()
        over = over or lock.state in ("expired", "used", "released")
        return bool(self.locked_rate) and over

    def _lock_or_notify(self):
        """Lock today's rate of each order. What can't be locked is refused, or, where
        nobody reads a sentence, a colleague is asked.

        :return: the new ``fx.rate.lock`` records
        :raises UserError: an order can't be locked, and somebody is there to read it
        """
        if not self:
            return self.env["fx.rate.lock"]
        refusals = self._find_refusals()
        if refusals and not self._is_nobody_there():
            raise UserError(
                self.env._(
                    "%(reasons)s\nThe settings of the company, or of the customer, "
                    "have this rate locked now.",
                    reasons="\n".join(refusals.values()),
                )
            )
        for order in refusals:
            told = order._in_responsible_language()
            reason = told._find_refusals().get(told, refusals[order])
            told._ask_colleague(told.env._("Rate not locked"), reason)
        return self.filtered(lambda order: order not in refusals)._lock_rate()

    def _find_refusals(self):
        """Find the orders whose rates can't be locked now.

        :return: {order: why}
        """
        errors = self._find_lock_errors()
        found = {
            order: sentence
            for order in self
            if (sentence := order._get_lock_refusal(errors.get(order)))
        }
        asked = self.env["fx.rate.approval"].search(
            [
                ("kind", "=", "rate"),
                ("state", "=", "requested"),
                ("order_id", "in", self.ids),
            ]
        )
        for order in asked.order_id:
            found[order] = self.env._(
                "A manager has yet to decide on the rate typed for %(order)s: wait for "
                "that, or lock today's rate first.",
                order=order.name,
            )
        return found

    @api.model
    def _is_nobody_there(self):
        """Return whether a sentence would reach no colleague: a customer acts, or a
        job."""
        return is_customer_present(self.env) or is_job(self.env)
