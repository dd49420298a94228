import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

CRON_BATCH = 100

_logger = logging.getLogger(__name__)


class FxRateLock(models.Model):
    """The end of a lock: expired where nobody ordered at it, else used."""

    _inherit = "fx.rate.lock"

    def _has_ended(self):
        """Whether the last day is over where the company is."""
        self.ensure_one()
        return self.date_end < self.company_id._get_today()

    def _expire_ended(self):
        """Expire what the cron has not come to yet. Agreements are left to it: who
        ordered under them decides what becomes of them."""
        ended = self.filtered(
            lambda lock: (
                lock.kind == "order" and lock.state == "active" and lock._has_ended()
            )
        )
        ended._expire()

    def _reopen(self):
        """The order that used the lock was cancelled: the promise runs to its end."""
        if used := self.filtered(lambda lock: lock.state == "used"):
            used._write_guarded({"state": "active"})

    def _expire(self):
        """End what nobody ordered at. No order changes: each keeps its locked rate
        until somebody locks anew or releases."""
        if not self:
            return
        self._write_guarded({"state": "expired"})
        orders = self.order_ids.filtered("locked_rate")
        orders._message_log_batch(
            bodies={
                order.id: order.env._(
                    "Rate lock %(lock)s ended on %(date)s.",
                    lock=order.rate_lock_id.name,
                    date=format_date(order.env, order.rate_lock_id.date_end),
                )
                for order in orders
            }
        )

    def _is_ordered_at(self):
        """Whether something of this promise was ordered: by a confirmed order, or by
        one that was cancelled after a part of it was invoiced."""
        self.ensure_one()
        ordered = self.order_ids.filtered(
            lambda order: order.locked_rate and order.state == "sale"
        )
        drawn = self.currency_id.compare_amounts(self.amount_drawn, 0)
        return bool(ordered) or drawn > 0

    def _close_ended(self):
        """Close what is past its last day: 'used' where it was ordered at, else
        'expired'."""
        used = self.filtered(lambda lock: lock._is_ordered_at())
        if used:
            used._write_guarded({"state": "used"})
        (self - used)._expire()

    # === CRON === #

    @api.model
    def _cron_expire_locks(self):
        """Close the active locks whose last day is over in their company's time zone,
        remind of those that end soon, and note the late ones whose orders were
        invoiced all the same.

        Each batch is committed: whatever stops a run, the next one goes on from there.
        """
        for company in self.env["res.company"].search([]):
            for domain, work in self._get_cron_steps(company):
                domain &= Domain("company_id", "=", company.id)
                if not self._run_in_batches(domain, work):
                    return

    @api.model
    def _get_cron_steps(self, company):
        """What the cron does for a company.

        :return: list of (domain, function of a recordset that takes its records out
            of that domain)
        """
        over = Domain("state", "=", "active")
        over &= Domain("date_end", "<", company._get_today())
        confirmed = Domain("state", "=", "sale") & Domain("locked_rate", ">", 0)
        waiting = confirmed & Domain("invoice_status", "!=", "invoiced")
        # ordered after its end, by a customer or with a manager's approval
        invoiced = Domain("state", "=", "expired")
        invoiced &= Domain("order_ids", "any", confirmed)
        invoiced &= Domain("order_ids", "not any", waiting)
        return [
            (over, lambda locks: locks._close_ended()),
            (invoiced, lambda locks: locks._write_guarded({"state": "used"})),
        ]

    @api.model
    def _run_in_batches(self, domain, work):
        """Do ``work`` on what ``domain`` finds, batch by batch.

        A lock that can't be worked on is logged by name and left for the next run;
        the others go on.

        :return: False where the time that a cron has is over
        """
        failed = self.browse()
        while True:
            todo = domain & Domain("id", "not in", failed.ids)
            locks = self.search(todo, limit=CRON_BATCH).try_lock_for_update()
            if not locks:
                return True
            failed += locks._work_apart(work)
            left = self.search_count(domain & Domain("id", "not in", failed.ids))
            if not self.env["ir.cron"]._commit_progress(len(locks), remaining=left):
                return False

    def _work_apart(self, work):
        """Do ``work`` on all; if that is refused, on each by itself.

        :return: the locks on which it was refused
        """
        failed = self.browse()
        try:
            with self.env.cr.savepoint():
                work(self)
            return failed
        except UserError as error:
            if len(self) == 1:
                _logger.error("Rate lock %s: %s", self.name, error)
                return self
        for lock in self:
            failed += lock._work_apart(work)
        return failed
