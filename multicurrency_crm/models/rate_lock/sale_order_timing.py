from odoo import api, models
from odoo.exceptions import UserError

from ..customer_present import is_customer_present


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
        self._lock_by_itself(("send",), again=True)

    # === CONFIRMING === #

    def action_confirm(self):
        # before the checks, which look at the lock, and before date_order moves
        self._lock_by_itself(("send", "confirm"))
        return super().action_confirm()

    # === LOCKING === #

    def _lock_by_itself(self, timings, again=False):
        """Take running agreements, else lock today's rate where a setting says so.
        Prices stay.

        :param timings: settings that lock now
        :param bool again: lock anew what has a lock that ended
        :raise UserError: a rate can't be locked, and somebody is there to read it
        """
        quotations = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.currency_id != order.company_id.currency_id
                and (not order.rate_lock_id or (again and order._has_ended_lock()))
            )
        )
        if not quotations:
            return
        # a customer may call the buttons of the quotations that it sees
        quotations = quotations._filtered_access("write")
        # sudo: the setting is the company's choice, whatever the user's rights
        unlocked = quotations.sudo().filtered(lambda order: not order.rate_lock_id)
        taken = unlocked._take_agreement()
        due = (quotations.sudo() - taken).filtered(
            lambda order: order.partner_id._get_lock_timing(order.company_id) in timings
        )
        if due:
            due._lock_or_tell()

    def _has_ended_lock(self):
        """Whether this order still has the rate of a lock whose last day is over."""
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        over = lock.state == "active" and lock._has_ended()
        return bool(self.locked_rate) and (over or lock.state == "expired")

    def _lock_or_tell(self):
        errors = self._find_lock_errors()
        refusals = {
            order: sentence
            for order in self
            if (sentence := order._get_lock_refusal(errors.get(order)))
        }
        if refusals and not self._is_nobody_there():
            raise UserError(
                self.env._(
                    "%(reasons)s\nThe settings of the company, or of the customer, "
                    "have this rate locked now.",
                    reasons="\n".join(refusals.values()),
                )
            )
        for order, sentence in refusals.items():
            order._tell_not_locked(sentence)
        if locked := self.filtered(lambda order: order not in refusals):
            locked._lock_rate()

    @api.model
    def _is_nobody_there(self):
        """Whether a sentence would reach no colleague: a customer acts, or a job."""
        return is_customer_present(self.env) or "cron_id" in self.env.context

    def _tell_not_locked(self, sentence):
        """The document goes on without a lock; a colleague is asked to look at it."""
        self._ask_colleague(self.env._("Rate not locked"), sentence)

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
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=order._get_responsible_user().id,
        )

    def _prepare_rate_lock(self, *args, **kwargs):
        values = super()._prepare_rate_lock(*args, **kwargs)
        # a customer who pays owns no lock
        if self.env.user.share:
            values["user_id"] = self._get_responsible_user().id
        return values
