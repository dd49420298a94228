from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...engine.rate_locks import rate_deviation


class SaleOrder(models.Model):
    """Locking the rate of a quotation."""

    _inherit = "sale.order"

    def action_open_lock_rate(self):
        """Open the dialog that shows today's rate and asks about the prices.

        :raise UserError: the rate of this quotation can't be locked
        """
        self.ensure_one()
        self._check_may_lock_rate()
        if message := self._get_lock_refusal(self._find_lock_errors().get(self)):
            raise UserError(message)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lock Rate"),
            "res_model": "sale.order.lock.rate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_lock_rate(self):
        """Lock these quotations at today's market rate; prices stay as they are.

        :raise UserError: a quotation can't be locked; nothing is locked then
        :raise AccessError: the user may not write the quotation or not lock rates
        """
        self._lock_rate()
        return True

    def _lock_rate(self, reprice=False, quoted=None):
        """Lock each quotation at its company's spot of today, moved by the margin, or
        at a typed rate.

        A typed rate further from the spot than the tolerance is requested: its lock
        stays a draft, and the quotation without one, until a manager approves.

        Two people who lock the same quotation both update its row: the second runs
        into the first, is retried by Odoo, and reads that the rate is locked.

        :param bool reprice: convert list prices again, at the locked rate; manual
            prices stay
        :param quoted: (text of the rate, direction) as typed, or None for today's
        :return: the new ``fx.rate.lock`` records, in the order of ``self``
        """
        self._check_may_lock_rate()
        spots, errors = self._find_lock_spots(), self._find_lock_errors()
        vals_list = []
        for order in self:
            if message := order._get_lock_refusal(errors.get(order), reprice):
                raise UserError(message)
            vals_list.append(order._prepare_rate_lock(spots[order], quoted))
        # sudo: salespeople have locks made for their quotations, they don't write them
        self.rate_lock_id.sudo()._expire_ended()
        locks = self.env["fx.rate.lock"].sudo()._create_guarded(vals_list)
        for order, lock in zip(self, locks, strict=True):
            deviation = rate_deviation(lock.rate, lock.market_rate)
            if quoted and abs(deviation) > lock.tolerance:
                order._request_typed_rate(lock, deviation, reprice)
            else:
                lock._activate()
                order._take_rate_lock(lock, reprice)
        return locks.sudo(self.env.su)

    def _request_typed_rate(self, lock, deviation, reprice):
        explanation = lock._explain_typed(deviation)
        self.env["fx.rate.approval"]._request(
            "rate", order=self, lock=lock, explanation=explanation, reprice=reprice
        )
        self.message_post(
            body=self.env._(
                "A manager is asked to approve lock %(lock)s: %(why)s",
                lock=lock.name,
                why=explanation,
            )
        )

    def _find_lock_spots(self):
        """Today's spot of each order's currency, one query a company.

        :return: {order: ``Spot``}; an order whose currency has no rate is absent
        """
        found = {}
        by_company = self.filtered("company_id").grouped("company_id")
        for company, orders in by_company.items():
            today = company._get_today()
            spots = orders.currency_id._find_spot(company, today)
            for order in orders:
                if spot := spots.get(order.currency_id.id):
                    found[order] = spot
        return found

    def _find_lock_errors(self):
        """Why today's rate of an order's currency can't be promised: there is none, or
        an old one. Nothing is locked then, whatever the company's policy.

        :return: {order: sentence}
        """
        found = {}
        by_company = self.filtered("company_id").grouped("company_id")
        for company, orders in by_company.items():
            currencies = orders.currency_id
            _fresh, sentences = currencies._find_fresh(company, company._get_today())
            for order in orders:
                if sentence := sentences.get(order.currency_id.id):
                    found[order] = sentence
        return found

    def _take_rate_lock(self, lock, reprice):
        # asked before the order has the locked rate: the list is at the market's still
        listed = self.order_line._filter_list_priced() if reprice else []
        vals = {"rate_lock_id": lock.id, "locked_rate": lock.rate}
        if self.validity_date and self.validity_date > lock.date_end:
            vals["validity_date"] = lock.date_end  # an agreement ends when it ends
        # sudo: the fields of the lock are closed to writes from outside
        self.sudo()._write_guarded(vals)
        # a later lock may take the order away, the chatter still names it
        lock.message_post(
            body=self.env._("Locked for %(order)s.", order=self._get_html_link())
        )
        for line in listed:
            line._compute_price_unit()
        prices = (
            self.env._("list prices converted again at this rate")
            if reprice
            else self.env._("prices kept")
        )
        self.message_post(
            body=self.env._(
                "%(note)s Lock %(lock)s, %(prices)s.",
                note=self.rate_lock_note,
                lock=lock.name,
                prices=prices,
            )
        )

    def _prepare_rate_lock(self, spot, quoted=None):
        """Values of the lock of this quotation.

        :param spot: ``Spot`` of the order's currency (rate: units of it for 1 unit of
            company currency; date; source)
        :param quoted: (text of the rate, direction) as typed, or None
        """
        self.ensure_one()
        today = self.company_id._get_today()
        end = self._get_lock_end(today)
        Lock = self.env["fx.rate.lock"]
        return {
            "kind": "order",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "user_id": self.env.uid,
            **Lock._prepare_quoted(
                self.company_id, self.currency_id, spot, (end - today).days, quoted
            ),
            "tolerance": self.company_id.lock_tolerance,
            "date_start": today,
            "date_end": end,
            "invoice_by": end + timedelta(days=self.company_id.lock_invoice_days),
        }

    def _get_lock_end(self, today):
        """The last day of a lock made today: the quotation's own, else the company's
        number of days."""
        return self.validity_date or today + timedelta(days=self.company_id.lock_days)

    def _get_lock_refusal(self, error, reprice=False):
        """Why this quotation's rate can't be locked, or False.

        :param error: what is wrong with today's rate, if anything
        """
        self.ensure_one()
        order, currency, company = self.name, self.currency_id, self.company_id
        # sudo: salespeople may not read locks
        lock = self.rate_lock_id.sudo()
        today = company._get_today()
        if self.state not in ("draft", "sent"):
            return self.env._(
                "%(order)s is no quotation any more: only a quotation's rate can be "
                "locked.",
                order=order,
            )
        if currency == company.currency_id:
            return self.env._(
                "%(order)s is in %(currency)s, the company's own currency: there is no "
                "rate to lock.",
                order=order,
                currency=currency.name,
            )
        if lock.state == "active" and not lock._has_ended():
            return self.env._(
                "The rate of %(order)s is already locked by %(lock)s: release it "
                "before locking another.",
                order=order,
                lock=lock.name,
            )
        if not currency.active:
            return self.env._(
                "%(currency)s is archived: activate it under Currencies before locking "
                "the rate of %(order)s.",
                currency=currency.name,
                order=order,
            )
        if self.validity_date and self.validity_date < today:
            return self.env._(
                "%(order)s expired on %(date)s: set a later expiration before locking "
                "its rate.",
                order=order,
                date=format_date(self.env, self.validity_date),
            )
        if reprice and self.signature:
            return self.env._(
                "The customer has signed the prices of %(order)s: lock the rate and "
                "keep them.",
                order=order,
            )
        return bool(error) and self.env._(
            "The rate of %(order)s can't be locked. %(reason)s",
            order=order,
            reason=error,
        )

    def _check_may_lock_rate(self):
        if self.env.su:
            return
        if not self.env.user.has_group("multicurrency_crm.group_user"):
            raise AccessError(
                self.env._(
                    "Locking a rate takes the Multi-Currency user right: ask your "
                    "administrator for it."
                )
            )
        self.check_access("write")
