from odoo import models
from odoo.exceptions import UserError


class CreditReview(models.Model):
    """Deciding, and what an approval covers."""

    _inherit = "credit.review"

    def action_reject(self):
        """:raises UserError: without a reason"""
        for review in self:
            # sudo: read below, once the right is checked
            reason = review.sudo().decision_reason
            review._check_may_decide()
            if not (reason or "").strip():
                raise UserError(self.env._("Say why: enter the reason, then reject."))
            review._refuse(reason)
        return True

    # === WHAT THE DECISION IS ABOUT === #

    def _get_requesters(self):
        """Who asked, who made the document, and whose it is, or was when it was asked:
        handing it over makes nobody a stranger to it."""
        asking = self.requested_by | self.owner_id
        document = self.res_model in self.env and self._get_document()
        if document:
            asking |= document._get_credit_requester() | document.create_uid
        return asking

    def _get_decision_question(self):
        return self.env._("Decide on credit"), self.reasons

    def _get_decision_cap(self, user):
        return user._get_credit_cap(self.company_id)

    def _get_decision_value(self):
        return self.env["credit.exposure"]._get_company_amount(
            self.approved_amount, self.currency_id, self.company_id
        )

    def _check_grantable(self):
        if not self._get_document():
            raise UserError(self.env._("%s was deleted: reject this.", self.reference))
        # sudo: nobody writes accounts by hand; a decision takes their rows
        self.env["credit.account"].sudo()._take(self.partner_id, self.company_id)

    def _carry_out(self):
        document = self._get_document()
        if document._is_credit_decided():
            # it went ahead before this was decided
            document._keep_credit_state("approved")

    def _announce_decision(self):
        if document := self._get_document():
            states = dict(self._fields["state"]._description_selection(self.env))
            document.message_post(
                body=self.env._(
                    "Credit decision: %(decision)s. %(reason)s",
                    decision=states[self.state],
                    reason=self.decision_reason or "",
                ),
                partner_ids=self.requested_by.partner_id.ids,
            )

    def _explain_no_decider(self):
        return self.env._("A credit manager of that company decides on this.")

    def _explain_own(self):
        return self.env._("This is your own request: another credit manager decides.")

    def _explain_not_asked(self):
        if self.state == "expired":
            return self.env._(
                "%s isn't asked for any longer, or was asked for anew: look at the "
                "newest request.",
                self.reference,
            )
        return self.env._("%s is decided already.", self.reference)

    def _get_document(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    def action_open_document(self):
        self.ensure_one()
        return self._get_document()._get_records_action()

    # === WHAT IT COVERS === #

    def _expire(self):
        """Approvals whose last day is over are told so in the list of decisions."""
        over = self.search(
            [
                ("state", "=", "approved"),
                ("valid_until", "<", self.env["res.company"]._get_latest_today()),
            ]
        )
        over.filtered(
            lambda review: (
                review.valid_until < review.company_id._get_today()
                and review._is_unused()
            )
        )._decide_as_system("ended")

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
            (not self.valid_until or self.valid_until >= check.company._get_today())
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
        today = self.company_id._get_today()
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
