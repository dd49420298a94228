from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..common.customer_present import is_customer_present
from ..common.nobody_there import is_job

#: Days asked for where the company gives none.
ASKED_DAYS = 30


class SaleOrder(models.Model):
    """A locked rate is invoiced by a day; later, a manager decides."""

    _inherit = "sale.order"

    lock_invoice_note = fields.Char(
        compute="_compute_lock_invoice_note",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("state", "locked_rate", "invoice_status", "rate_lock_id.invoice_by")
    @api.depends_context("lang")
    def _compute_lock_invoice_note(self):
        for order in self:
            due = order.rate_locked and order.invoice_status == "to invoice"
            order.lock_invoice_note = due and order._get_late_to_invoice()

    def _get_invoice_by(self):
        """The last day to invoice this order at its locked rate: its lock's, or a later
        one that a manager approved for this order."""
        self.ensure_one()
        # sudo: salespeople may not read locks
        lock = self.rate_lock_id.sudo()
        approved = lock.approval_ids.filtered(
            lambda approval: (
                approval.order_id == self
                and approval.kind == "invoicing"
                and approval.state == "approved"
            )
        )
        days = [lock.invoice_by, *approved.mapped("requested_date")]
        return max(filter(None, days), default=False)

    def _get_late_to_invoice(self):
        """Why this order is not invoiced at its locked rate any more, or False."""
        today = self.company_id._get_today()
        promised = self.rate_lock_id.sudo().invoice_by  # salespeople may not read locks
        last = promised and promised < today and self._get_invoice_by()
        if not last or last >= today:
            return False
        return self.env._(
            "%(order)s was to be invoiced at its locked rate by %(day)s: request the "
            "approval of a manager, then invoice it.",
            order=self.name,
            day=format_date(self.env, last),
        )

    def action_request_invoice_approval(self):
        """Ask the managers to let these orders be invoiced after their day.

        :raise UserError: an order that needs no approval
        """
        self.check_access("write")
        for order in self:
            late = order.locked_rate and order._get_late_to_invoice()
            if not late:
                raise UserError(
                    self.env._("%(order)s needs no approval.", order=order.name)
                )
            days = order.company_id.lock_invoice_days or ASKED_DAYS
            day = order.company_id._get_today() + timedelta(days=days)
            order.rate_lock_id._request_invoicing(day, order=order)
            order.message_post(
                body=self.env._(
                    "Approval requested: invoicing at the locked rate until %(day)s.",
                    day=format_date(self.env, day),
                )
            )
        return True

    def _create_invoices(self, grouped=False, final=False, date=None):
        locked = self.filtered("locked_rate")
        moves = super()._create_invoices(grouped=grouped, final=final, date=date)
        locked._check_invoice_by(moves)
        return moves

    def _check_invoice_by(self, moves):
        """Whether these orders may still be invoiced at their locked rates. What is
        credited always may.

        :param moves: the new documents
        :raise UserError: too late; a customer who pays, or a job, gets the invoice all
            the same, and a colleague an activity
        """
        late = {
            order: sentence
            for order in self
            if (sentence := order._get_late_to_invoice())
        }
        if not late:
            return
        # sudo: whoever invoices may not read every line
        invoices = moves.sudo().filtered(lambda move: move.move_type == "out_invoice")
        invoiced = invoices.invoice_line_ids.sale_line_ids.order_id
        billed = self.filtered(lambda order: order in late and order in invoiced)
        if billed and not self._is_invoiced_by_itself():
            # rights come first, as everywhere
            billed.check_access("write")
            raise UserError("\n".join(late[order] for order in billed))
        for order in billed:
            order._ask_colleague(
                self.env._("Invoiced late at a locked rate"),
                self.env._(
                    "%(order)s was invoiced after %(day)s, the last day for its locked "
                    "rate: keep the invoice, or credit it and release the rate.",
                    order=order.name,
                    day=format_date(self.env, order._get_invoice_by()),
                ),
            )

    def _is_invoiced_by_itself(self):
        """Whether nobody could read a sentence: a customer pays, or a job of the
        server invoices. A context from outside doesn't make it one."""
        is_own = self.env.su and is_job(self.env)
        return is_customer_present(self.env) or is_own
