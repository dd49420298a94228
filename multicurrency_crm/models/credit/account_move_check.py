from odoo import api, fields, models


class AccountMove(models.Model):
    """Customer invoices are checked when they are posted, whatever posts them."""

    _name = "account.move"
    _inherit = ["account.move", "credit.checked.mixin"]

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

    @api.model
    def _get_credit_waiting_domain(self):
        companies = self.env["credit.policy"].sudo().search([]).company_id
        return (
            fields.Domain("state", "=", "draft")
            & fields.Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & fields.Domain("company_id", "child_of", companies.ids)
        )

    def _find_credit_approvals(self):
        """An approved order is invoiced without asking again."""
        found = super()._find_credit_approvals()
        for move in self:
            orders = move.line_ids.sale_line_ids.order_id
            if not found[move] and orders:
                approvals = orders._find_credit_approvals()
                if all(approvals.values()):
                    found[move] = approvals[orders[0]]
        return found

    # === BANNER === #

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

    # === POSTING === #

    def _post(self, soft=True):
        today = fields.Date.context_today(self)
        posting = self.filtered(
            lambda move: move._is_credit_open() and not (soft and move.date > today)
        )
        checks = posting._check_credit_now("post")
        posted = super()._post(soft)
        posting._settle_credit_checks(checks)
        return posted
