from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

REMINDER = "multicurrency_crm.mail_activity_rate_lock_end"


class FxRateLock(models.Model):
    """One reminder before the end, to whoever made the promise."""

    _inherit = "fx.rate.lock"

    is_end_told = fields.Boolean(readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if {"state", "date_end"} & vals.keys():
            if told := self.filtered("is_end_told"):
                told._forget_reminder()
                if "date_end" in vals:  # there will be another end to remind of
                    told.sudo()._write_guarded({"is_end_told": False})
        return result

    def _forget_reminder(self):
        # sudo: the reminder goes, whoever extends, confirms or releases
        locks = self.sudo()
        locks.activity_unlink([REMINDER])
        orders = locks.filtered(lambda lock: lock.kind == "order").order_ids
        orders.activity_unlink([REMINDER])

    @api.model
    def _get_cron_steps(self, company):
        steps = super()._get_cron_steps(company)
        if days := company.lock_reminder_days:
            today = company._get_today()
            ending = Domain("state", "=", "active") & Domain("is_end_told", "=", False)
            ending &= Domain("date_end", ">=", today)
            ending &= Domain("date_end", "<=", today + timedelta(days=days))
            quoted = Domain("state", "in", ("draft", "sent"))
            quoted &= Domain("locked_rate", ">", 0)
            ending &= Domain("kind", "=", "agreement") | Domain(
                "order_ids", "any", quoted
            )
            steps.append((ending, lambda locks: locks._remind_of_end()))
        return steps

    def _remind_of_end(self):
        """One activity a lock: on the quotation that it was made for, where its owner
        works, or on the agreement."""
        for lock in self:
            order = lock._get_quotation()
            user = lock._get_reminded_user(order)
            (order or lock).activity_schedule(
                REMINDER,
                date_deadline=lock.date_end,
                note=lock.with_context(lang=user.lang)._get_reminder(),
                user_id=user.id,
            )
        self._write_guarded({"is_end_told": True})

    def _get_reminder(self):
        return self.env._(
            "The rate %(rate)s promised to %(customer)s by %(lock)s ends on %(end)s: "
            "let them order, extend it, or release it.",
            rate=self.rate_display,
            customer=self.partner_id.display_name,
            lock=self.name,
            end=format_date(self.env, self.date_end),
        )

    def _get_reminded_user(self, order):
        """The lock's owner; without one, the colleague to whom the order falls."""
        candidates = self.user_id | self.partner_id.user_id | self.create_uid
        here = candidates.filtered(lambda user: user.active and not user.share)
        if order and self.user_id not in here:
            return order._get_responsible_user()
        return (here or self.env.ref("base.user_admin"))[:1]

    def _get_quotation(self):
        """The quotation that an order's lock holds for, if it still is one."""
        self.ensure_one()
        if self.kind != "order":
            return self.order_ids.browse()
        return self.order_ids.filtered(
            lambda order: order.locked_rate and order.state in ("draft", "sent")
        )[:1]
