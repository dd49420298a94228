from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..common.html_text import as_html
from ..common.scheduled_job import ScheduledJob

REMINDER = "multicurrency_crm.mail_activity_rate_lock_end"


class FxRateLock(models.Model):
    """The end of a lock, and the reminder before it: expired where nobody ordered at
    it, else used."""

    _inherit = "fx.rate.lock"

    # === THE END === #

    def _has_ended(self):
        """Return whether the last day is over where the company is."""
        self.ensure_one()
        return self.date_end < self.company_id._get_today()

    def _expire_ended(self):
        """Expire what the cron has not come to yet, but for agreements: who ordered
        under them decides what becomes of them."""
        ended = self.filtered(
            lambda lock: (
                lock.kind == "order" and lock.state == "active" and lock._has_ended()
            )
        )
        ended._expire()

    def _reopen(self):
        """Promise again what an order had used that is cancelled: until the end of the
        lock."""
        if used := self.filtered(lambda lock: lock.state == "used"):
            used._write_guarded({"state": "active"})

    def _expire(self):
        """Expire these locks, at which nobody ordered. No order changes: each keeps its
        locked rate until somebody locks anew or releases."""
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
        """Return whether something of this promise was ordered: by a confirmed order,
        or by one that was cancelled after a part of it was invoiced."""
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

    def _drop_unsent(self):
        """Take back these locks where their quotations were never sent; the others are
        promises."""
        tentative = self.order_ids._find_tentative()
        (self - tentative.rate_lock_id)._write_guarded({"is_tentative": False})
        tentative._drop_tentative()

    # === THE REMINDER === #

    def _remind_of_end(self):
        """Remind of each lock by one activity: on the quotation that it was made for,
        where its owner works, or on the agreement."""
        for lock in self:
            order = lock._get_quotation()
            user = lock._get_reminded_user(order)
            (order or lock).activity_schedule(
                REMINDER,
                date_deadline=lock.date_end,
                note=as_html(lock.with_context(lang=user.lang)._get_reminder()),
                user_id=user.id,
            )
        self._write_guarded({"is_end_told": True})

    def _get_reminder(self):
        """Return the sentence that reminds of the end."""
        return self.env._(
            "The rate %(rate)s promised to %(customer)s by %(lock)s ends on %(end)s: "
            "let them order, extend it, or release it.",
            rate=self.rate_display,
            customer=self.partner_id.display_name,
            lock=self.name,
            end=format_date(self.env, self.date_end),
        )

    def _get_reminded_user(self, order):
        """Return the lock's owner, or, without one, the colleague responsible for the
        order."""
        candidates = self.user_id | self.partner_id.user_id | self.create_uid
        here = candidates.filtered(lambda user: user.active and not user.share)
        if order and self.user_id not in here:
            return order._get_responsible_user()
        return (here or self.env.ref("base.user_admin"))[:1]

    def _get_quotation(self):
        """Return the quotation that an order's lock holds for, if it still is one."""
        self.ensure_one()
        if self.kind != "order":
            return self.order_ids.browse()
        return self.order_ids.filtered(
            lambda order: order.locked_rate and order.state in ("draft", "sent")
        )[:1]

    def _forget_reminder(self, vals):
        """Take back the reminders of an end that is over, or another one.

        :param vals: what was written
        """
        told = self.filtered("is_end_told")
        if not told:
            return
        # sudo: the reminder goes, whoever extends, confirms or releases
        locks = told.sudo()
        locks.activity_unlink([REMINDER])
        orders = locks.filtered(lambda lock: lock.kind == "order").order_ids
        orders.activity_unlink([REMINDER])
        if "date_end" in vals:  # there will be another end to remind of
            locks._write_guarded({"is_end_told": False})

    # === CRON === #

    @api.model
    def _cron_expire_locks(self):
        """Close the active locks whose last day is over in their company's time zone,
        remind of those that end soon, note the late ones whose orders were invoiced
        all the same, and give back what quotations reserved that have expired since."""
        with ScheduledJob(self) as job:
            job.work_off(
                self,
                self._get_reserved_domain(),
                lambda locks: locks._drop_stale_reservations(),
            )
            for company in self.env["res.company"].search([]):
                of_company = Domain("company_id", "=", company.id)
                for domain, work in self._get_cron_steps(company):
                    job.work_off(self, domain & of_company, work)

    @api.model
    def _get_reserved_domain(self):
        """Return the domain of the locks of which a quotation may reserve whose last
        day is over."""
        over = Domain("lock_reserved", ">", 0)
        over &= Domain("state", "in", ("draft", "sent"))
        today = self.env["res.company"]._get_latest_today()
        over &= Domain("validity_date", "<", today)
        return Domain("order_ids", "any", over)

    @api.model
    def _get_cron_steps(self, company):
        """Return what the cron does for a company.

        :return: list of (domain, function of a recordset that takes its records out
            of that domain)
        """
        over = Domain("state", "=", "active")
        over &= Domain("date_end", "<", company._get_today())
        confirmed = Domain("state", "=", "sale") & Domain("locked_rate", ">", 0)
        # a draft invoices nothing, and more that was delivered isn't promised
        open_amount = Domain("lock_open", ">", 0) | Domain("lock_open", "<", 0)
        waiting = confirmed & open_amount
        # ordered after its end, by a customer or with a manager's approval
        invoiced = Domain("state", "=", "expired")
        invoiced &= Domain("order_ids", "any", confirmed) | Domain(
            "amount_drawn", ">", 0
        )
        invoiced &= Domain("order_ids", "not any", waiting)
        # locked before today for a document that nobody sent
        unsent = Domain("state", "=", "active") & Domain("is_tentative", "=", True)
        unsent &= Domain("date_start", "<", company._get_today())
        return [
            (unsent, lambda locks: locks._drop_unsent()),
            (over, lambda locks: locks._close_ended()),
            (invoiced, lambda locks: locks._write_guarded({"state": "used"})),
            (self._get_ending_domain(company), lambda locks: locks._remind_of_end()),
        ]

    @api.model
    def _get_ending_domain(self, company):
        """Return the domain of the locks whose end a company is to be reminded of:
        those that end within its days, and for which a quotation waits, or
        agreements."""
        days = company.lock_reminder_days
        if not days:
            return Domain.FALSE
        today = company._get_today()
        ending = Domain("state", "=", "active") & Domain("is_end_told", "=", False)
        ending &= Domain("date_end", ">=", today)
        ending &= Domain("date_end", "<=", today + timedelta(days=days))
        quoted = Domain("state", "in", ("draft", "sent"))
        quoted &= Domain("locked_rate", ">", 0)
        waiting = Domain("kind", "=", "agreement") | Domain("order_ids", "any", quoted)
        return ending & waiting
