from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

MANAGER = "multicurrency_crm.group_manager"
CRON_BATCH = 100


class FxRateLock(models.Model):
    """The life of a lock: draft → active → used | expired | released."""

    _inherit = "fx.rate.lock"

    def action_activate(self):
        """Make the promise: from here on the terms can't change."""
        if started := self.filtered(lambda lock: lock.state != "draft"):
            raise UserError(
                self.env._(
                    "%(locks)s is already active or over.",
                    locks=", ".join(started.mapped("name")),
                )
            )
        self.write({"state": "active"})

    def action_release(self):
        """Ask for the reason, then release."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release Rate"),
            "res_model": "fx.rate.lock.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lock_id": self.id},
        }

    def _release(self, reason):
        """Take the promise back and say why, on the lock and on its documents.

        Orders return to the market rate of their date, drafts that were never posted
        to the one of theirs; posted documents, and credit notes of posted invoices,
        keep what they have.

        :param str reason: mandatory; shown to whoever reads the lock or the order
        :raise UserError: no reason, or nothing to release
        :raise AccessError: neither the lock's owner nor a manager, or a lock of a
            company that the user doesn't work for
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the rate is released."))
        self._check_may_release()
        # sudo: the right was checked above; a lock has no other door to its documents
        for lock in self.sudo():
            orders = lock.order_ids.filtered("locked_rate")
            orders._drop_locked_rate(
                self.env._(
                    "Rate lock %(lock)s released: %(reason)s",
                    lock=lock.name,
                    reason=reason,
                )
            )
            lock.move_ids._drop_rate_lock()
            lock._end("released", reason)

    def _end(self, state, reason):
        self.write({"state": state, "release_reason": reason})
        for lock in self:
            lock.message_post(body=reason)

    def _check_may_release(self):
        user = self.env.user
        is_manager = self.env.su or user.has_group(MANAGER)
        # sudo: a salesperson without the addon's groups gets a sentence, too
        for lock in self.sudo():
            if not self.env.su and lock.company_id not in user.company_ids:
                raise AccessError(
                    self.env._(
                        "This rate lock belongs to a company that you don't work for: "
                        "ask a Multi-Currency manager of that company to release it."
                    )
                )
            if lock.state not in ("active", "used", "expired"):
                raise UserError(
                    self.env._(
                        "%(lock)s has nothing to release: it is not active.",
                        lock=lock.name,
                    )
                )
            if not is_manager and (lock.user_id != user or lock.state == "used"):
                raise AccessError(
                    self.env._(
                        "%(lock)s can be released by %(owner)s until the order is "
                        "confirmed, and by a Multi-Currency manager: ask one of them.",
                        lock=lock.name,
                        owner=lock.user_id.name or "–",
                    )
                )

    def _has_ended(self):
        """Whether the last day is over where the company is."""
        self.ensure_one()
        return self.date_end < self.company_id._get_fx_today()

    def _expire_ended(self):
        """Expire what the cron has not come to yet."""
        ended = self.filtered(lambda lock: lock.state == "active" and lock._has_ended())
        ended._expire()

    def _reopen(self):
        """The order that used the lock was cancelled: the promise runs to its end."""
        self.filtered(lambda lock: lock.state == "used").write({"state": "active"})

    def _expire(self):
        """End what nobody ordered at. No order changes: each keeps its locked rate
        until somebody locks anew or releases."""
        self.write({"state": "expired"})
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

    @api.model
    def _cron_expire_locks(self):
        """Expire the active locks whose last day is over in their company's time zone.

        A lock that a confirmed order uses is 'used' and stays. Each batch is
        committed; the next run goes on where time ran out.
        """
        companies = self.env["res.company"].search([])
        for company in companies:
            domain = [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("date_end", "<", company._get_fx_today()),
                ("order_ids", "not any", [("state", "=", "sale")]),
            ]
            while locks := self.search(domain, limit=CRON_BATCH).try_lock_for_update():
                locks._expire()
                left = self.search_count(domain)
                if not self.env["ir.cron"]._commit_progress(len(locks), remaining=left):
                    return
