from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.rate_locks import rate_deviation


class FxRateLock(models.Model):
    """Another rate instead of the promised one: a new lock in the place of the old."""

    _inherit = "fx.rate.lock"

    successor_ids = fields.One2many("fx.rate.lock", "supersedes_id", readonly=True)

    def _supersede(self, date_end, reason, quoted=None, reprice=False):
        """Promise another rate. This lock never changes: it is released with the
        reason, and a new one takes its place. A typed rate further from the market than
        the tolerance is requested from a manager; until then everything stays.

        :param date_end: the last day of the new lock
        :param str reason: mandatory; in the history of both locks and of the order
        :param quoted: (text of the rate, direction) as typed, or None for today's,
            moved by the margin
        :param bool reprice: convert list prices of the quotations again, but for those
            that the customer holds already
        :return: the new ``fx.rate.lock``; a draft where approval was requested
        :raises UserError: no reason, no later day, nothing to supersede, no fresh rate
        :raises AccessError: neither the lock's owner nor a manager
        """
        self._check_may_extend()
        # sudo: the right was checked; locks aren't written by hand
        lock, reason = self.sudo(), (reason or "").strip()
        lock._check_may_give_way(date_end, reason, reprice)
        new = lock._create_guarded([lock._prepare_successor(date_end, quoted)])
        deviation = rate_deviation(new.rate, new.market_rate)
        judged = quoted or lock.kind == "agreement"
        if judged and abs(deviation) > new.tolerance:
            self.env["fx.rate.approval"]._request(
                "rate",
                lock=new,
                order=lock._get_quotation(),
                explanation=new._explain_typed(deviation),
                reprice=reprice,
                reason=reason,
            )
        else:
            lock._give_way_to(new, reason, reprice)
        return new.sudo(self.env.su)

    def _check_may_give_way(self, date_end, reason, reprice):
        today = self.company_id._get_today()
        if not reason:
            raise UserError(self.env._("Say why the customer gets another rate."))
        if not date_end or date_end < today:
            raise UserError(self.env._("Choose a last day that is not over."))
        if waiting := self.successor_ids.filtered(lambda lock: lock.state == "draft"):
            raise UserError(
                self.env._(
                    "A manager has yet to decide on %(new)s instead of %(lock)s: wait "
                    "for that.",
                    new=waiting[0].name,
                    lock=self.name,
                )
            )
        if reprice and self.kind == "order" and self._get_quotation().signature:
            raise UserError(
                self.env._(
                    "The customer has signed the prices of %(order)s: keep them.",
                    order=self._get_quotation().name,
                )
            )
        if self.amount_cap and not self._has_room():
            raise UserError(
                self.env._(
                    "Nothing is left of %(lock)s for another rate: agree on a new one.",
                    lock=self.name,
                )
            )

    def _prepare_successor(self, date_end, quoted):
        """Values of the lock that takes this one's place, from today's market.

        :param quoted: as for ``_supersede``
        """
        company = self.company_id
        today = company._get_today()
        left = self.amount_cap + self.amount_overdraw - self.amount_drawn
        return {
            "kind": self.kind,
            "company_id": company.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "user_id": self.user_id.id or self.env.uid,
            **self._prepare_quoted(
                company,
                self.currency_id,
                self._find_fresh_spot(),
                (date_end - today).days,
                quoted,
            ),
            "tolerance": (
                self.tolerance if self.kind == "agreement" else company.lock_tolerance
            ),
            # what was ordered at the old rate counts against the same promise
            "amount_cap": self.amount_cap and self.currency_id.round(left),
            "cap_basis": self.cap_basis,
            "note": self.note,
            "date_start": today,
            "date_end": date_end,
            "invoice_by": self._get_invoice_limit(date_end),
            "supersedes_id": self.id,
        }

    def _give_way_to(self, new, reason, reprice):
        """Release this lock and put its quotations under ``new``. What was ordered
        stays at the rate it was ordered at. With sudo.

        :raises UserError: used or taken back since this was asked for
        """
        self._check_may_extend()
        quotations = self.order_ids.filtered(
            lambda order: order.locked_rate and order.state in ("draft", "sent")
        )
        told = self.env._(
            "%(new)s takes the place of %(lock)s: %(reason)s",
            new=new.name,
            lock=self.name,
            reason=reason,
        )
        quotations._drop_locked_rate(told)
        self._end("released", told)
        new._activate()
        for order in quotations:
            held = order.state == "sent" and self.kind == "agreement"
            order._take_rate_lock(
                new, reprice and not held and not order._is_price_accepted()
            )
            if new.kind == "order":
                new._lead_validity(order, self.date_end)
