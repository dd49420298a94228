from decimal import Decimal

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...common.process_mark import ProcessMark

#: states of a delivery after which goods are still to leave
UNDELIVERED = ("pending", "started", "partial")
#: Borne by the writes of lines that belong to a write of their order: the order looks
#: at what they come to together.
_OF_ORDER = ProcessMark("multicurrency_credit_of_order")
#: What may put more on a confirmed order, or on another customer's account.
GROWING = {
    "order_line",
    "partner_id",
    "partner_invoice_id",
    "payment_term_id",
    "currency_id",
    "pricelist_id",
    "fiscal_position_id",
    "company_id",
}


class SaleOrder(models.Model):
    """Orders are checked when they are confirmed, whatever confirms them, and when
    something comes on top of them afterwards."""

    _name = "sale.order"
    _inherit = ["sale.order", "credit.checked.mixin"]

    # === COMPUTE METHODS === #

    @api.depends(
        "company_id",
        "partner_id",
        "partner_invoice_id",
        "amount_total",
        "currency_id",
        "locked_rate",
        "payment_term_id",
        "state",
        "credit_review_ids.state",
    )
    @api.depends_context("uid")
    def _compute_partner_credit_warning(self):
        checked = self._filter_credit_checked()
        others = self - checked
        others.credit_check_state = "none"
        result = super(SaleOrder, others)._compute_partner_credit_warning()
        for order, sentence in checked._compute_credit_checks().items():
            order.partner_credit_warning = sentence
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Check what is created confirmed, as what is confirmed by its button."""
        vals_list = self._fill_state(vals_list)
        if all(vals.get("state") != "sale" for vals in vals_list):
            return super().create(vals_list)
        orders = super(SaleOrder, _OF_ORDER.put_on(self)).create(vals_list)
        orders = orders.with_env(self.env)
        confirmed = orders.filtered(lambda order: order.state == "sale")
        confirmed._check_credit_growth()
        return orders

    def write(self, vals):
        """Check what is confirmed before it is written, since that is what the customer
        was offered, and what grows after it, since only then is known by how much."""
        grows = GROWING & vals.keys() and self.env["credit.policy"]._is_used()
        if not grows and vals.get("state") != "sale":
            return super().write(vals)
        before = self._weigh_credit() if grows else {}
        checks = self._check_credit_to_confirm(vals)
        writing = _OF_ORDER.put_on(self) if grows else self
        result = super(SaleOrder, writing).write(vals)
        self._settle_credit_checks(checks)
        if grows:
            self._find_credit_growth(before, vals)._check_credit_growth()
        return result

    def unlink(self):
        self._expire_credit_requests("unlink")
        return super().unlink()

    # === ACTIONS === #

    def action_confirm_selected(self):
        """Confirm those of the selected quotations that pass, each in its own
        savepoint, and report the others by name with the reason.

        What Odoo retries (two people deciding at once) isn't caught.

        :return: True where all were confirmed; the report otherwise
        """
        refused = {}
        for order in self.sorted("id"):
            try:
                with self.env.cr.savepoint():
                    order.action_confirm()
            except UserError as error:
                refused[order] = str(error)
        if not refused:
            return True
        report = self.env["sale.order.confirm.report"].create(
            {
                "confirmed": len(self) - len(refused),
                "line_ids": [
                    Command.create({"order_id": order.id, "reason": reason})
                    for order, reason in refused.items()
                ],
            }
        )
        action = report._get_records_action()
        return {**action, "name": self.env._("Not Confirmed"), "target": "new"}

    # === WHAT A CHECK ASKS === #

    def _get_credit_partners(self):
        invoiced = self.partner_invoice_id or self.partner_id
        return invoiced.commercial_partner_id

    def _get_credit_debtors(self):
        return self.partner_id | self.partner_invoice_id

    def _get_credit_excluded(self):
        return {"orders": self.filtered(lambda order: order.state != "sale")}

    def _get_credit_terms(self):
        return self.payment_term_id, self.state == "sale"

    def _get_credit_checkpoint(self):
        return "deliver" if self.state == "sale" else "confirm"

    def _is_credit_open(self):
        return self.state in ("draft", "sent") or self._is_delivery_pending()

    def _is_credit_decided(self):
        return self.state not in ("draft", "sent")

    def _get_credit_counted(self, policy):
        if self.state != "sent" or not policy.count_sent:
            return Decimal(0)
        return self._get_credit_open_part(self.amount_total)

    def _is_credit_to_invoice(self):
        return self.invoice_status in ("to invoice", "no")

    def _is_delivery_pending(self):
        """Whether goods are still to leave; known where ``sale_stock`` is installed."""
        if self.state != "sale" or "delivery_status" not in self._fields:
            return False
        return self.delivery_status in UNDELIVERED

    def _get_credit_invoices(self):
        return self.invoice_ids

    @api.model
    def _get_credit_waiting_domain(self):
        waiting = Domain("state", "in", ("draft", "sent"))
        if "delivery_status" in self._fields:
            waiting |= Domain("state", "=", "sale") & Domain(
                "delivery_status", "in", UNDELIVERED
            )
        return waiting

    # === CONFIRMING === #

    def _check_credit_to_confirm(self, vals):
        """Check those of these orders that ``vals`` confirm.

        :return: {order: ``CreditCheck``}
        """
        if vals.get("state") != "sale":
            return {}
        confirming = self.filtered(lambda order: order.state != "sale")
        confirming._reopen_credit_rest(self.env._("It is confirmed anew."))
        return confirming._check_credit_now("confirm")

    def _validate_order(self):
        """Leave an order sent that was signed and not paid, and that its customer's
        credit doesn't let through, and ask for the decision."""
        # sudo: a customer signs or pays: nothing of credit is theirs to read
        unpaid = self._filter_credit_checked().filtered(
            lambda order: order.sudo()._get_credit_paid()[0] <= 0
        )
        # sudo: a customer signs or pays: nothing of credit is theirs to read
        checks = self.env["credit.policy"].sudo()._check(unpaid.sudo(), "confirm")
        waiting = self.browse(
            order.id for order, check in checks.items() if check.stops
        )
        # sudo: a customer signs or pays: nothing of credit is theirs to read
        for order in waiting.sudo():
            if order.state == "draft":
                order.state = "sent"
            order._request_credit_review(checks[order])
        if self - waiting:
            return super(SaleOrder, self - waiting)._validate_order()
        return None

    def _action_cancel(self):
        result = super()._action_cancel()
        self._expire_credit_requests()
        return result

    # === GROWING === #

    def _weigh_credit(self):
        """Find what confirmed orders of companies with a policy come to.

        :return: {order: (who owes it, in what, how much is open)}
        """
        if _OF_ORDER.is_on(self.env):
            return {}
        # sudo: what an order weighs is compared, not shown
        return {
            order: (
                order._get_credit_partners(),
                order.currency_id,
                order._get_credit_weight(),
            )
            for order in self._filter_credit_checked().sudo()
            if order.state == "sale"
        }

    def _get_credit_weight(self):
        weighed = self._get_credit_weighed()
        if self.credit_closed_amount:  # whatever more is delivered is more than counts
            weighed += sum(
                line.qty_delivered * line._get_credit_unit_price()
                for line in self.order_line
                if not line.display_type
            )
        rest = self._get_credit_rest(weighed, 0.0)
        return float(self._get_credit_open_part(rest))

    def _find_credit_growth(self, before, vals=None):
        """Return the orders that came to more, or to another customer's account.

        :param before: as :meth:`_weigh_credit` gave it
        :param vals: what was written on the orders themselves
        """
        grown = self.browse(
            order.id
            for order, (*whose, weight) in before.items()
            if whose != [order._get_credit_partners(), order.currency_id]
            or order.currency_id.compare_amounts(order._get_credit_weight(), weight) > 0
        )
        # confirmed and filled by one write, it was checked as it was; or it was brought
        # along from a company without a policy
        if vals and (vals.get("state") == "sale" or "company_id" in vals):
            # sudo: as the orders are that were weighed
            grown |= self.filtered(
                lambda order: order.state == "sale" and order.sudo() not in before
            )
        return grown

    def _check_credit_growth(self, checkpoint="confirm"):
        """Check confirmed orders once more.

        :param checkpoint: 'deliver' where more was delivered
        :raises Stopped: review or block; nothing is written
        """
        self._reopen_credit_rest(self.env._("More came on top."))
        self._settle_credit_checks(self._check_credit_now(checkpoint))
