from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.sql import column_exists, create_column

from ..common.customer_present import is_customer_present

TAKEN = ("lock_reserved", "lock_drawn", "lock_open")


class SaleOrder(models.Model):
    """What an order takes of its rate lock, in the order's currency."""

    _inherit = "sale.order"

    lock_reserved = fields.Monetary(
        string="Reserved of the Lock",
        compute="_compute_taken_of_lock",
        store=True,
        groups="base.group_user",
    )
    lock_drawn = fields.Monetary(
        string="Drawn of the Lock",
        compute="_compute_taken_of_lock",
        store=True,
        groups="base.group_user",
    )
    lock_open = fields.Monetary(
        string="Promised, Not Invoiced",
        compute="_compute_taken_of_lock",
        store=True,
        groups="base.group_user",
    )

    lock_room_note = fields.Char(
        compute="_compute_lock_room_note", compute_sudo=True, groups="base.group_user"
    )

    def _auto_init(self):
        # not computed for the million orders that exist: they take nothing
        for name in TAKEN:
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "numeric")
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "locked",
        "amount_total",
        "amount_untaxed",
        "validity_date",
        "invoice_status",
        "rate_lock_id",
        "locked_rate",
    )
    def _compute_taken_of_lock(self):
        for order in self:
            order.lock_reserved = order.lock_drawn = order.lock_open = 0.0
            if not order.locked_rate:
                continue
            # sudo: salespeople read neither locks nor invoices
            held = order.sudo()
            amount = held._get_lock_basis_amount()
            invoiced = held._get_invoiced_at_lock()
            if order.state == "sale":
                order.lock_drawn = held._get_drawn(amount, invoiced)
                order.lock_open = 0.0 if held._is_closed() else amount - invoiced
            elif order.state == "cancel":
                order.lock_drawn = held._get_drawn_when_closed()
            else:
                order.lock_open = amount
                order.lock_reserved = amount if held._reserves_of_lock() else 0.0

    def _get_lock_basis_amount(self):
        """Return the order's amount as its lock counts it: with tax or without."""
        untaxed = self.rate_lock_id.cap_basis == "untaxed"
        return self.amount_untaxed if untaxed else self.amount_total

    def _reserves_of_lock(self):
        """Return whether this quotation, once sent, still holds its part of the
        agreement."""
        self.ensure_one()
        today = self.company_id._get_today()
        valid = not self.validity_date or self.validity_date >= today
        return self.state == "sent" and valid and bool(self.locked_rate)

    def _is_closed(self):
        """Return whether nothing more is to be invoiced: all of it was, or the order
        was locked by somebody after its deliveries were invoiced. Where every order is
        locked at confirmation, that says nothing."""
        if self.invoice_status in ("invoiced", "upselling"):
            return True
        automatic = self.env["res.groups"]._is_feature_enabled(
            "sale.group_auto_done_setting"
        )
        return (
            self.locked
            and not automatic
            and self.invoice_status == "no"
            and any(self.order_line.mapped("qty_invoiced"))
        )

    # === INVOICED === #

    def _get_posted_lines(self):
        """Return the posted invoice lines of this order. What a down payment took is
        given back by the final invoice, so that it never adds."""
        lines = self.order_line.invoice_lines
        return lines.filtered(lambda line: line.parent_state == "posted")

    def _get_invoiced_at_lock(self, lines=None):
        """Return what was invoiced net, in the order's currency and the lock's basis.

        :param lines: journal items; all that are posted where none are given
        """
        lines = self._get_posted_lines() if lines is None else lines
        untaxed = self.rate_lock_id.cap_basis == "untaxed"
        return sum(
            line.move_id.direction_sign
            * -(line.price_subtotal if untaxed else line.price_total)
            for line in lines
        )

    def _get_drawn(self, amount, invoiced):
        """Return what a confirmed order draws: its amount less what was given back, or,
        once it is closed, what was invoiced.

        :param amount: of the order, in the lock's basis
        :param invoiced: of it
        """
        if self._is_closed():
            return self._get_drawn_when_closed()
        return amount - self._get_given_back()

    def _get_drawn_when_closed(self):
        """Return what was invoiced, less the credit notes that give back."""
        lines = self._get_posted_lines()
        invoices = lines.filtered(lambda line: line.move_id.move_type != "out_refund")
        return self._get_invoiced_at_lock(invoices) - self._get_given_back()

    def _get_given_back(self):
        """Return what credit notes dated until the end of the lock gave back: for goods
        that came back or were never delivered, and for lower prices where the company's
        setting says so."""
        end, rebates = self.rate_lock_id.date_end, self.company_id.lock_rebate_returns
        lines = self._get_posted_lines().filtered(
            lambda line: (
                line.move_id.move_type == "out_refund"
                and (line.move_id.invoice_date or line.date) <= end
                and (rebates or line._is_returned_at_full_price())
            )
        )
        return -self._get_invoiced_at_lock(lines)

    # === ROOM IN THE AGREEMENT === #

    @api.depends(
        "state", "locked_rate", "amount_total", "rate_lock_id.amount_available"
    )
    @api.depends_context("lang")
    def _compute_lock_room_note(self):
        for order in self:
            waiting = order.rate_locked and order.state in ("draft", "sent")
            order.lock_room_note = waiting and order._get_lock_room_note()

    def _get_missing_room(self):
        """Return how much more the order takes than is left of its agreement, in the
        order's currency; 0 or less where there is room."""
        lock = self.rate_lock_id
        if not lock.amount_cap:
            return 0.0
        taken = self.lock_drawn + self.lock_reserved
        return self._get_lock_basis_amount() - taken - lock.amount_available

    def _get_lock_room_note(self):
        """Return why the order finds no room in its agreement, or False."""
        order = self.sudo()  # salespeople may not read locks
        lock, missing = order.rate_lock_id, order._get_missing_room()
        if order.currency_id.compare_amounts(missing, 0) <= 0:
            return False
        amount = order._get_lock_basis_amount()
        left = max(amount - missing, 0.0)
        return self.env._(
            "%(order)s takes %(amount)s of agreement %(lock)s, of which %(left)s is "
            "left: order the rest in a second quotation, or ask a manager to allow "
            "the overdraw.",
            order=order.name,
            amount=order.currency_id._format_amount(amount),
            lock=lock.name,
            left=order.currency_id._format_amount(left),
        )

    def _check_lock_room(self):
        """Check that the agreements of these orders have room for them.

        :raises UserError: an agreement is overdrawn; where the customer is present, the
            salesperson gets an activity instead
        """
        # sudo: whether there is a lock is asked before rights are
        locked = self.sudo().filtered("locked_rate")
        for order in self.browse(locked.ids):
            message = order._get_lock_room_note()
            if not message:
                continue
            if not is_customer_present(self.env):
                # rights come first: who may not go on reads nothing of the agreement
                order.check_access("write")
                raise UserError(message)
            told = order._in_responsible_language()
            told._notify_responsible(
                told.env._("Rate agreement overdrawn"), told._get_lock_room_note()
            )

    def _allow_overdraw(self, reason):
        """Let this order take more of its agreement than is left.

        :param str reason: mandatory; in the history of the agreement and of the order
        :raises UserError: no reason, no cap, or no overdraw
        :raises AccessError: the user is no Multi-Currency manager
        """
        self.ensure_one()
        self._check_may_overdraw()
        reason = (reason or "").strip()
        # sudo: the right was checked; the lock is closed to writes by hand
        lock, missing = self.rate_lock_id.sudo(), self.sudo()._get_missing_room()
        if not reason or not self.locked_rate or not lock.amount_cap:
            raise UserError(
                self.env._(
                    "Say why; only an order of an agreement with a cap overdraws."
                )
            )
        if self.currency_id.compare_amounts(missing, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(lock)s has room for %(order)s.",
                    lock=lock.name,
                    order=self.name,
                )
            )
        lock._write_guarded({"amount_overdraw": lock.amount_overdraw + missing})
        body = self.env._(
            "Overdraw of %(amount)s on %(lock)s for %(order)s allowed: %(reason)s",
            amount=self.currency_id._format_amount(missing),
            lock=lock.name,
            order=self.name,
            reason=reason,
        )
        lock.message_post(body=body)
        self.message_post(body=body)

    def _check_may_overdraw(self):
        if not self.env.user.has_group("multicurrency_crm.group_manager"):
            raise AccessError(
                self.env._("Allowing an overdraw takes a Multi-Currency manager.")
            )
        self.check_access("write")
