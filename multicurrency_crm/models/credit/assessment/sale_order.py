from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...common.html_text import as_html
from ..groups import MANAGER

#: What a closed rest leaves on its order.
OPEN = {
    "credit_closed_amount": 0.0,
    "credit_closed_delivered": 0.0,
    "credit_closed_by_id": False,
    "credit_closed_on": False,
    "credit_closed_reason": False,
}
#: What is left of an order that has no rest, and was delivered.
NOTHING = (0.0, 0.0)


class SaleOrder(models.Model):
    """The rest of a confirmed order, and closing it: what was delivered and credited
    without a return, or never comes, isn't waited for any longer.

    Nothing else of the order changes. What is put on top later, leaves the warehouse or
    is typed as delivered opens the rest again; what is delivered otherwise (time,
    expenses) counts, closed or not.
    """

    _inherit = "sale.order"

    credit_open_rest = fields.Monetary(
        string="Not Invoiced Yet",
        compute="_compute_credit_open_rest",
        groups=MANAGER,
        help="What the customer's exposure counts of this order: ordered or delivered, "
        "and not invoiced.",
    )
    credit_closed_amount = fields.Monetary(
        string="Rest Closed",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What isn't counted in the customer's exposure any longer.",
        everyday=True,
    )
    credit_closed_delivered = fields.Float(
        string="Delivered Before the Rest Was Closed",
        digits=(16, 4),
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="In the currency of the order, tax included. What is delivered later, and "
        "not invoiced, counts in the customer's exposure.",
        prefetch="credit_rest",
    )
    credit_closed_by_id = fields.Many2one(
        "res.users",
        string="Closed By",
        readonly=True,
        copy=False,
        groups="base.group_user",
        prefetch="credit_rest",
        everyday=True,
    )
    credit_closed_on = fields.Date(
        string="Closed On",
        readonly=True,
        copy=False,
        groups="base.group_user",
        prefetch="credit_rest",
    )
    credit_closed_reason = fields.Char(
        string="Why the Rest Was Closed",
        readonly=True,
        copy=False,
        groups="base.group_user",
        prefetch="credit_rest",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "amount_total", "credit_closed_amount")
    def _compute_credit_open_rest(self):
        rests = self._find_credit_open_rests()
        for order in self:
            rest, _delivered = rests.get(order._origin.id, NOTHING)
            order.credit_open_rest = rest

    def _find_credit_open_rests(self):
        """Find what the exposure counts of confirmed orders, before the share that
        their payment terms leave open.

        :return: {order id: (what is left, what all that is delivered comes to)} in the
            order's currency; companies without a policy have none
        """
        Policy, Exposure = self.env["credit.policy"], self.env["credit.exposure"]
        # sudo: a branch's user may not read its main company
        confirmed = self.sudo().filtered(lambda order: order.state == "sale")
        found = {}
        for company, orders in confirmed.grouped(
            lambda order: order.company_id.root_id
        ).items():
            if policies := Policy._get_policies(company):
                customers = orders.partner_invoice_id.commercial_partner_id
                scope = Exposure._get_scope(policies[0], company, customers.ids)
                found |= Exposure._find_open_rests(scope, orders.ids)
        return {
            order.id: (order.currency_id.round(float(rest)), float(delivered))
            for order in confirmed
            for rest, delivered in [found.get(order.id, NOTHING)]
            if rest
        }

    # === ACTIONS === #

    def action_close_credit_rest(self):
        """Ask why the rest of this order isn't waited for any longer."""
        self.ensure_one()
        self._check_closes_credit_rest()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close the Rest"),
            "res_model": "sale.order.close.rest",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_reopen_credit_rest(self):
        """Count the rest of these orders again."""
        for order in self:
            order._check_closes_credit_rest()
        self._reopen_credit_rest(self.env._("Opened again."))
        return True

    # === CLOSING === #

    def _check_closes_credit_rest(self):
        """:raises AccessError: no credit manager of that company, or one's own order"""
        self.ensure_one()
        self.check_access("read")
        # sudo: the right is judged by what is stored
        order, user = self.sudo(), self.env.user
        here = order.company_id.root_id in user.company_ids
        if not here or not user.has_group(MANAGER):
            raise AccessError(
                self.env._("Credit managers close the rest of an order: ask one.")
            )
        if user in order.user_id | order.create_uid:
            raise AccessError(
                self.env._("This is your own order: another credit manager closes it.")
            )

    def _close_credit_rest(self, reason):
        """Count what is left of this order no longer.

        :param str reason: mandatory; it is kept on the order
        :raises AccessError: as :meth:`_check_closes_credit_rest`
        :raises UserError: nothing is left, or no reason is given
        """
        self._check_closes_credit_rest()
        # sudo: the right was checked; nobody writes what counts by hand
        order, reason = self.sudo(), (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the rest isn't waited for any longer."))
        company = order.company_id.root_id
        customer = order.partner_invoice_id.commercial_partner_id
        self.env["credit.account"].sudo()._take(customer, company)  # sudo: as above
        rest, delivered = order._find_credit_open_rests().get(order.id, NOTHING)
        currency = order.currency_id
        if currency.compare_amounts(rest, 0) <= 0:
            raise UserError(
                self.env._("Nothing of %s is left to close.", order.display_name)
            )
        order._write_guarded(
            {
                "credit_closed_amount": order.credit_closed_amount + rest,
                "credit_closed_delivered": delivered,
                "credit_closed_by_id": self.env.uid,
                "credit_closed_on": company._get_today(),
                "credit_closed_reason": reason,
            }
        )
        order.message_post(
            body=as_html(
                self.env._(
                    "The rest of this order is closed: %(amount)s doesn't count in the "
                    "customer's exposure any longer. %(reason)s",
                    amount=currency._format_amount(rest),
                    reason=reason,
                )
            )
        )

    def _reopen_credit_rest(self, reason):
        """Count again what was closed of these orders, whoever causes it.

        :param str reason: sentence
        """
        # sudo: it becomes stricter by that, whoever delivers or writes
        closed = self.sudo().filtered("credit_closed_amount")
        for order in closed:
            amount = order.currency_id._format_amount(order.credit_closed_amount)
            order._write_guarded(OPEN)
            order.message_post(
                body=as_html(
                    self.env._(
                        "The rest of this order is open again: %(amount)s "
                        "counts in the "
                        "customer's exposure. %(reason)s",
                        amount=amount,
                        reason=reason,
                    )
                )
            )
        return closed
