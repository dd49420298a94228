from decimal import Decimal

from odoo import api, fields, models

from .credit_checked_mixin import get_open_part


class AccountMove(models.Model):
    """Customer invoices are checked when they are posted, whatever posts them."""

    _name = "account.move"
    _inherit = ["account.move", "credit.checked.mixin"]

    # what each line of an invoice triggers costs everybody: asked of what is saved
    _credit_asked_amounts = ()

    # === COMPUTE METHODS === #

    @api.depends(
        "company_id",
        "partner_id",
        "tax_totals",
        "currency_id",
        "locked_rate",
        "invoice_payment_term_id",
        "state",
        "credit_review_ids.state",
    )
    @api.depends_context("uid")
    def _compute_partner_credit_warning(self):
        checked = self._filter_credit_checked().filtered(
            lambda move: move.is_sale_document(include_receipts=True)
        )
        others = self - checked
        others.credit_check_state = "none"
        result = super(AccountMove, others)._compute_partner_credit_warning()
        for move, sentence in checked._compute_credit_checks().items():
            move.partner_credit_warning = sentence
        return result

    # === CRUD METHODS === #

    def unlink(self):
        sold = self.filtered(lambda move: move.is_sale_document(True))
        sold._expire_credit_requests("unlink")
        return super().unlink()

    # === WHAT A CHECK ASKS === #

    def _get_credit_partners(self):
        return self.partner_id.commercial_partner_id

    def _get_credit_excluded(self):
        return {"moves": self.filtered(lambda move: move.state == "draft")}

    def _get_credit_terms(self):
        return self.invoice_payment_term_id, self.state == "posted"

    def _get_credit_checkpoint(self):
        return "post"

    def _get_credit_requester(self):
        return self.invoice_user_id or self.create_uid

    def _get_credit_invoices(self):
        return self

    def _is_credit_open(self):
        return self.state == "draft" and self.move_type in (
            "out_invoice",
            "out_receipt",
        )

    def _is_credit_decided(self):
        return self.state != "draft"

    def _get_credit_counted(self, policy):
        if not self._is_credit_open():
            return Decimal(0)
        amount = self.amount_total
        if not policy.count_drafts:
            ordered = self.invoice_line_ids.filtered("sale_line_ids")
            amount = sum(ordered.mapped("price_total"))
        return get_open_part(amount, self.invoice_payment_term_id)

    def _is_credit_to_invoice(self):
        return False

    def _get_credit_paid(self):
        """Return what was paid at the till, too: it is booked once the invoice is."""
        paid, unbooked = super()._get_credit_paid()
        if "pos_order_ids" in self._fields:
            at_till = self.pos_order_ids.filtered(
                lambda order: order.currency_id == self.currency_id
            ).payment_ids.filtered(
                lambda payment: payment.payment_method_id.type != "pay_later"
            )
            paid += sum(at_till.mapped("amount"))
            unbooked += sum(at_till.mapped("amount"))
        return paid, unbooked

    @api.model
    def _get_credit_waiting_domain(self):
        return fields.Domain("state", "=", "draft") & fields.Domain(
            "move_type", "in", ("out_invoice", "out_receipt")
        )

    def _find_credit_approvals(self):
        """Find the approvals of invoices, and of the orders that they invoice: approved
        orders are invoiced without asking again."""
        found = super()._find_credit_approvals()
        ordered = {
            move: move.line_ids.sale_line_ids.order_id
            for move in self
            if not found[move]
        }
        orders = self.env["sale.order"].concat(*ordered.values())
        if orders:
            approvals = orders._find_credit_approvals()
            for move, of_move in ordered.items():
                if (
                    of_move
                    and all(approvals[order] for order in of_move)
                    and move._is_of_approved(of_move)
                ):
                    found[move] = found[move].concat(*(approvals[o] for o in of_move))
        return found

    def _is_of_approved(self, orders):
        """Whether this invoice is of these approved orders and of nothing else, and no
        more than what they come to was invoiced with it.

        :param orders: ``sale.order`` whose lines it invoices
        """
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        loose = lines.filtered(lambda line: not line.sale_line_ids)
        currency = self.currency_id
        if any(currency.compare_amounts(line.price_total, 0) > 0 for line in loose):
            return False
        others = orders.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.id != self._origin.id
        )
        invoiced = sum(
            move.direction_sign * -move.amount_total
            for move in others
            if move.currency_id == currency
        )
        # each document rounds its own tax
        slack = currency.rounding * (len(others) + 1)
        ordered = sum(orders.mapped("amount_total")) + slack
        return currency.compare_amounts(invoiced + self.amount_total, ordered) <= 0

    # === POSTING === #

    def _filter_checked_when_posted(self):
        checked = self.filtered(lambda move: move._is_credit_open())
        return super()._filter_checked_when_posted() | checked._filter_credit_checked()

    def _post(self, soft=True):
        posting = self.filtered(lambda move: move._is_credit_open())
        posting = posting._filter_posted_now(soft)
        checks = posting._check_credit_now("post")
        posted = super()._post(soft)
        posting._settle_credit_checks(checks)
        return posted

    def _keep_credit_state(self, state):
        # no person changed the invoice, nor anything that its lines follow from
        quietly = self.with_context(
            skip_is_manually_modified=True,
            skip_invoice_sync=True,
            check_move_validity=False,
        )
        return super(AccountMove, quietly)._keep_credit_state(state)

    def button_cancel(self):
        result = super().button_cancel()
        self.filtered(
            lambda move: move.state == "cancel" and move.is_sale_document(True)
        )._expire_credit_requests()
        return result
