from odoo import SUPERUSER_ID, fields, models
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
            if state == "approved" and document._is_credit_decided():
                # it went ahead before this was decided
                document._keep_credit_state("approved")
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
        if self.sudo().state == "expired":
            raise UserError(
                self.env._(
                    "%s isn't asked for any longer, or was asked for anew: look at the "
                    "newest request.",
                    self.reference,
                )
            )
        if self.sudo().state != "requested":
            raise UserError(self.env._("%s is decided already.", self.reference))
        if self.env.uid == SUPERUSER_ID:
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
        if self.env.uid == SUPERUSER_ID:
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

    def _cover(self, document, check):
        """Whether these approvals let a document through: one of its own, or those of
        all orders that it invoices. Up to their amounts, until their days, for what was
        asked about, and unless the customer turned more than 30 days overdue since.

        :param document: record of a model with ``credit.checked.mixin``
        :param check: its ``CreditCheck``, which stops it
        """
        currency = document.currency_id
        total = sum(self.mapped("approved_amount"))
        if not self or currency.compare_amounts(document.amount_total, total) > 0:
            return False
        return all(review._holds_for(document, check) for review in self)

    def _holds_for(self, document, check):
        own = self.res_model == document._name
        asked = document if own else self._get_document()
        known = set((self.reason_codes or "").split(","))
        return (
            (not self.valid_until or self.valid_until >= check.company._get_fx_today())
            and self.currency_id == document.currency_id == asked.currency_id
            and self.partner_id == document._get_credit_partners()
            and self.currency_id.compare_amounts(
                asked.amount_total, self.approved_amount
            )
            <= 0
            # what is blocked is released knowing why
            and check.blocking_codes <= known
            and (self.is_late or not check.is_late)
        )

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
        if document._is_credit_to_invoice():
            return "pending"
        late = any(
            partial.credit_move_id.date > (line.date_maturity or line.date)
            for line in lines
            for partial in line.matched_credit_ids
            if partial.credit_move_id.journal_id.type in ("bank", "cash", "credit")
        )
        return "paid_late" if late else "paid"
