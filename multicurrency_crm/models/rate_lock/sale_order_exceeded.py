from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.rate_locks import rate_deviation
from ..common.customer_present import is_customer_present


class SaleOrder(models.Model):
    """Confirming at a rate whose lock has ended, or that is too far against us."""

    _inherit = "sale.order"

    lock_exceeded_note = fields.Char(
        compute="_compute_lock_exceeded_note",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("state", "locked_rate", "rate_lock_ended", "amount_total")
    @api.depends_context("lang")
    def _compute_lock_exceeded_note(self):
        for order in self:
            asks = order.rate_locked and order.state in ("draft", "sent")
            order.lock_exceeded_note = asks and order._get_lock_refused()

    # === WHAT IS BEYOND === #

    def _get_lock_exceeded(self):
        """What is wrong with confirming at the locked rate, or False."""
        self.ensure_one()
        lock = self.rate_lock_id.sudo()  # salespeople may not read locks
        if not self.locked_rate:
            return False
        if lock.state in ("expired", "used") or lock._has_ended():
            return self.env._(
                "The locked rate of %(order)s ended on %(end)s.",
                order=self.name,
                end=format_date(self.env, lock.date_end),
            )
        customer = self.partner_id.commercial_partner_id
        if lock.kind == "agreement" and lock.partner_id != customer:
            # another parent made it one of another customer's
            return self.env._(
                "The rate of %(order)s is promised to %(customer)s, to which its "
                "customer belongs no longer.",
                order=self.name,
                customer=lock.partner_id.display_name,
            )
        # asked anew: the market may have moved since the order was read
        spot = self._find_lock_spots().get(self)
        deviation = rate_deviation(self.locked_rate, spot.rate) if spot else 0.0
        tolerated = lock._get_tolerated()
        if deviation < -tolerated:
            return self.env._(
                "The locked rate of %(order)s is %(deviation)s %% against us; "
                "%(tolerance)s %% are tolerated.",
                order=self.name,
                deviation=f"{-deviation * 100:.2f}",
                tolerance=f"{tolerated * 100:.2f}",
            )
        return False

    def _get_lock_refused(self):
        """Why the quotation is not confirmed without a manager, or False."""
        policy = self.company_id.lock_exceeded_policy
        exceeded = policy != "allow" and self._get_lock_exceeded()
        if not exceeded or self._is_lock_approved():
            return False
        if policy == "reprice" and not self._is_price_accepted():
            return False
        return self.env._(
            "%(exceeded)s Request the approval of a manager, or release the rate and "
            "lock today's, then confirm.",
            exceeded=exceeded,
        )

    def _is_lock_approved(self):
        """Whether a manager approved this order at this lock, for no less than its
        amount."""
        # sudo: as for the lock
        approvals = self.env["fx.rate.approval"].sudo()
        approved = approvals.search(
            [
                ("kind", "=", "confirmation"),
                ("state", "=", "approved"),
                ("order_id", "=", self.id),
                ("lock_id", "=", self.rate_lock_id.id),
            ],
            order="amount desc",
            limit=1,
        )
        if not approved:
            return False
        return self.currency_id.compare_amounts(self.amount_total, approved.amount) <= 0

    def _is_price_accepted(self):
        """Whether the customer signed or paid these prices."""
        # sudo: salespeople may not read payments
        order = self.sudo()
        paid = order.transaction_ids.filtered(
            lambda tx: tx.state in ("pending", "authorized", "done")
        )
        return bool(order.signature or paid)

    # === ASKING, CONFIRMING === #

    def action_request_lock_approval(self):
        """Ask the managers to let this quotation be confirmed at its locked rate.

        :raise UserError: nothing needs approval
        """
        self.check_access("write")
        # sudo: whoever asks may not read what is asked
        asked = self.env["fx.rate.approval"].sudo()
        for order in self:
            exceeded = order._get_lock_exceeded()
            if not exceeded or order._is_lock_approved():
                raise UserError(
                    self.env._("%(order)s needs no approval.", order=order.name)
                )
            asked |= asked._request(
                "confirmation",
                order=order,
                lock=order.rate_lock_id.sudo(),
                explanation=exceeded,
            )
            order.message_post(
                body=self.env._("Approval requested: %(why)s", why=exceeded)
            )
        return asked._get_answer()

    def action_confirm(self):
        if not is_customer_present(self.env):
            self._reprice_exceeded()
        return super().action_confirm()

    def _reprice_exceeded(self):
        """Where the company says so: lock today's rate and convert the list prices
        again, unless the customer accepted them."""
        due = self.filtered(
            lambda order: (
                order.locked_rate
                and order.state in ("draft", "sent")
                and order.company_id.lock_exceeded_policy == "reprice"
                and not order._is_price_accepted()
                and order._get_lock_exceeded()
            )
        )
        if due:
            # rights come first: nothing is released for who may not confirm
            due.check_access("write")
        for order in due:
            reason = order._get_lock_exceeded()
            # sudo: the setting is the company's choice, whatever the user's rights
            seller = order.sudo()
            lock = seller.rate_lock_id
            if lock.state == "active" and not lock._has_ended():
                seller._release_rate(reason)
            seller._lock_rate(reprice=True)
