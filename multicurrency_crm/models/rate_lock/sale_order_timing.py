from odoo import api, models
from odoo.exceptions import UserError

from ..common.customer_present import is_customer_present
from ..common.nobody_there import is_job


class SaleOrder(models.Model):
    """Rates that are locked by themselves: when a quotation is sent, or confirmed.

    The setting is the company's, or the customer's own; whoever sends or confirms needs
    no right to locks. A lock that somebody released is not made again by itself: the
    order keeps its ``rate_lock_id``, and only a person locks it anew.
    """

    _inherit = "sale.order"

    # === SENDING === #

    def action_quotation_send(self):
        # The dialog renders the document when it opens. The one without a template,
        # and the one for many, get theirs from a template later (mail.template).
        if len(self) == 1 and not self.env.context.get("hide_default_template"):
            self._lock_on_sending()
        return super().action_quotation_send()

    def write(self, vals):
        # every way to mark a quotation as sent ends here
        if vals.get("state") == "sent":
            self.filtered(lambda order: order.state == "draft")._lock_on_sending()
        return super().write(vals)

    def _lock_on_sending(self):
        """To be called before the document is rendered, so that the customer reads
        what was locked. Confirmed orders are left alone.

        A quotation whose lock has ended is locked anew, at today's rate: it is sent as
        a new offer.

        :raise UserError: the rate can't be locked, and somebody is there to read it
        """
        due = self._try_agreement(again=True)
        due._filter_lock_timing(("send",))._lock_or_tell()

    # === CONFIRMING === #

    def action_confirm(self):
        # before the checks, which look at the lock, and before date_order moves
        due = self._try_agreement()
        if due := due._filter_lock_timing(("send", "confirm")):
            due._renew_validity()
            due._lock_or_tell()
        return super().action_confirm()

    def _renew_validity(self):
        """A quotation that is confirmed after its expiration is valid today: the lock,
        which ends with it, needs no day beyond that."""
        for order in self:
            today = order.company_id._get_today()
            if order.validity_date and order.validity_date < today:
                order.validity_date = today

    # === LOCKING === #

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
            # a customer may call the buttons of the quotations that it sees
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
        return self.filtered(
            lambda order: order.partner_id._get_lock_timing(order.company_id) in timings
        )

    def _has_ended_lock(self):
        """Whether this quotation still has the rate of a lock whose last day is over.
        An agreement that others ordered at ends as used."""
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        over = lock.state == "active" and lock._has_ended()
        return bool(self.locked_rate) and (over or lock.state in ("expired", "used"))

    def _lock_or_tell(self):
        """Lock today's rate; say, or tell a colleague, what can't be locked."""
        if not self:
            return
        refusals = self._find_refusals()
        if refusals and not self._is_nobody_there():
            raise UserError(
                self.env._(
                    "%(reasons)s\nThe settings of the company, or of the customer, "
                    "have this rate locked now.",
                    reasons="\n".join(refusals.values()),
                )
            )
        for order, sentence in refusals.items():
            order._ask_colleague(self.env._("Rate not locked"), sentence)
        self.filtered(lambda order: order not in refusals)._lock_rate()

    def _find_refusals(self):
        """:return: {order: why its rate can't be locked now}"""
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
        """Whether a sentence would reach no colleague: a customer acts, or a job."""
        return is_customer_present(self.env) or is_job(self.env)

    def _ask_colleague(self, summary, note):
        """Ask the colleague to whom the order falls to look at it, once.

        :param str summary: what the activity is called; while one of that name is
            open, no other is made
        :param str note: what happened
        """
        self.ensure_one()
        # sudo: customers, who may read none of this, come here, too
        order = self.sudo()
        if summary in order.activity_ids.mapped("summary"):
            return
        order._notify_responsible(summary, note)

    def _prepare_rate_lock(self, *args, **kwargs):
        values = super()._prepare_rate_lock(*args, **kwargs)
        # a customer who pays owns no lock
        if self.env.user.share:
            values["user_id"] = self._get_responsible_user().id
        return values
