from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

#: states of a delivery after which goods are still to leave
UNDELIVERED = ("pending", "started", "partial")


class SaleOrder(models.Model):
    """Orders are checked when they are confirmed, whatever confirms them."""

    _name = "sale.order"
    _inherit = ["sale.order", "credit.checked.mixin"]

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
        share = self._get_credit_open_share(self.payment_term_id)
        return Decimal(str(self.amount_total)) * share

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
        # sudo: the policies are the companies', whoever looks
        companies = self.env["credit.policy"].sudo().search([]).company_id
        waiting = Domain("state", "in", ("draft", "sent"))
        if "delivery_status" in self._fields:
            waiting |= Domain("state", "=", "sale") & Domain(
                "delivery_status", "in", UNDELIVERED
            )
        return waiting & Domain("company_id", "child_of", companies.ids)

    # === BANNER === #

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

    # === CONFIRMING === #

    def write(self, vals):
        if vals.get("state") != "sale":
            return super().write(vals)
        confirming = self.filtered(lambda order: order.state != "sale")
        checks = confirming._check_credit_now("confirm")
        result = super().write(vals)
        confirming._settle_credit_checks(checks)
        return result

    def _validate_order(self):
        """A signature without a payment leaves an order sent that its customer's
        credit doesn't let through, and asks for the decision."""
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

    def unlink(self):
        self._expire_credit_requests("unlink")
        return super().unlink()

    def _check_credit_to_deliver(self, pickings):
        """:param pickings: ``stock.picking`` that are about to be done
        :raise UserError: a customer's credit doesn't let the goods leave
        """
        if self.env["credit.policy"]._is_used():
            # rights come first: who may not move the goods is told nothing
            pickings.check_access("write")
        # sudo: who takes goods out of the warehouse may not read orders
        leaving = pickings.sudo().filtered(
            lambda picking: (
                (
                    picking.picking_type_id.code == "outgoing"
                    or picking.location_dest_id.usage == "customer"
                )
                and picking.state not in ("done", "cancel")
            )
        )
        if not leaving or "sale_id" not in leaving._fields:
            return
        # goods of several orders may leave together
        orders = leaving.sale_id | leaving.move_ids.sale_line_id.order_id
        checks = orders._check_credit_now("deliver")
        for order, check in checks.items():
            if check.stops:
                order._settle_credit_checks({order: check})
