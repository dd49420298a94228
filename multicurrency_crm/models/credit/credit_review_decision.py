from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .credit_checked_mixin import MANAGER


class CreditReview(models.Model):
    """Deciding, and what an approval covers."""

    _inherit = "credit.review"

    def action_approve(self):
        """Approve: this document, up to the amount and until the day that are entered.

        :raise AccessError: no credit manager of that company, or who asked
        :raise UserError: decided already, or above one's cap
        """
        for review in self:
            review._check_may_decide()
            review._check_cap()
            review._decide("approved")
        return True

    def action_reject(self):
        """:raise UserError: without a reason"""
        for review in self:
            review._check_may_decide()
            if not (review.decision_reason or "").strip():
                raise UserError(self.env._("Say why: enter the reason, then reject."))
            review._decide("rejected")
        return True

    def _decide(self, state):
        """Write the decision on the review's own row: of two who decide at once, the
        second is retried by Odoo and reads that it is decided."""
        review = self.sudo()
        self.env["credit.account"].sudo()._take(review.partner_id, review.company_id)
        review.write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        review.activity_ids.unlink()
        states = dict(self._fields["state"]._description_selection(self.env))
        if document := review._get_document():
            document.message_post(
                body=self.env._(
                    "Credit decision: %(decision)s. %(reason)s",
                    decision=states[state],
                    reason=review.decision_reason or "",
                ),
                partner_ids=review.requested_by.partner_id.ids,
            )

    def _check_may_decide(self):
        self.ensure_one()
        if self.sudo().state != "requested":
            raise UserError(self.env._("%s is decided already.", self.reference))
        if self.env.su:
            return
        user, company = self.env.user, self.sudo().company_id
        if not user.has_group(MANAGER) or company not in user.company_ids:
            raise AccessError(
                self.env._("A credit manager of that company decides on this.")
            )
        document = self.sudo()._get_document()
        if user in self.sudo().requested_by | document._get_credit_requester():
            raise AccessError(
                self.env._("This is your own request: another credit manager decides.")
            )

    def _check_cap(self):
        if self.env.su:
            return
        review = self.sudo()
        amount = review._get_company_amount(review.approved_amount)
        if not review._is_within_cap(self.env.user, amount):
            raise UserError(
                self.env._(
                    "%s is above what you may approve: leave it to a credit manager "
                    "who may.",
                    review.currency_id.format(review.approved_amount),
                )
            )

    def _get_document(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    def action_open_document(self):
        self.ensure_one()
        return self._get_document()._get_records_action()

    # === WHAT IT COVERS === #

    def _expire(self):
        """Approvals whose last day is over are told so in the list of decisions."""
        today = fields.Date.context_today(self)
        over = self.search([("state", "=", "approved"), ("valid_until", "<", today)])
        over.filtered(
            lambda review: (
                review.valid_until < review.company_id._get_fx_today()
                and review._is_unused()
            )
        ).write({"state": "expired"})

    def _is_unused(self):
        """Whether the document was never let through."""
        document = self._get_document()
        return not document or not document.credit_decided_state

    def _covers(self, document, exposure):
        """Whether this approval still lets a document through: up to its amount, until
        its day, and unless the customer turned more than 30 days overdue since."""
        self.ensure_one()
        if self.state != "approved":
            return False
        company = self.company_id
        if self.valid_until and self.valid_until < company._get_fx_today():
            return False
        currency = self.currency_id
        if document.currency_id != currency:
            return False
        if currency.compare_amounts(document.amount_total, self.approved_amount) > 0:
            return False
        turned_late = exposure.overdue(company.currency_id.id, 30) > 0
        return self.is_late or not turned_late

    # === WHAT CAME OF IT === #

    def _compute_outcome(self):
        for review in self:
            review.outcome = review._get_outcome()

    def _get_outcome(self):
        document = self.res_model in self.env and self._get_document()
        if self.state != "approved" or not document:
            return False
        invoices = document._get_credit_invoices().filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        if not invoices:
            return "pending"
        today = self.company_id._get_fx_today()
        lines = invoices.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        still = lines.filtered(lambda line: not line.reconciled)
        if any((line.date_maturity or line.date) < today for line in still):
            return "late"
        if still:
            return "open"
        late = any(
            partial.credit_move_id.date > (line.date_maturity or line.date)
            for line in lines
            for partial in line.matched_credit_ids
            if partial.credit_move_id.journal_id.type in ("bank", "cash", "credit")
        )
        return "paid_late" if late else "paid"
