from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.credit_statistics import move_to_pay_day
from ..groups import FINANCE

#: Payment states in which nothing of an invoice is left to dispute.
SETTLED = ("paid", "in_payment", "reversed")


class AccountMove(models.Model):
    """Whether the customer disputes an invoice, and when its money is to come."""

    _inherit = "account.move"

    credit_disputed_since = fields.Date(
        string="Disputed Since",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="A disputed invoice counts as exposure; it tells nothing of how its "
        "customer pays, and no one is reminded of it.",
        groups="base.group_user",
    )
    credit_dispute_reason = fields.Char(
        string="Dispute",
        copy=False,
        tracking=True,
        groups="base.group_user",
        prefetch="credit_dispute",
    )
    credit_dispute_settled_on = fields.Date(
        string="Dispute Settled On",
        copy=False,
        readonly=True,
        help="How late the money came is counted from then on, not from the due date.",
        groups="base.group_user",
        prefetch="credit_dispute",
    )

    credit_expected_on = fields.Date(
        string="Money Expected On",
        compute="_compute_credit_expected_on",
        groups=FINANCE,
        help="The next open instalment's due date and the days after it on which this "
        "customer usually pays; never before tomorrow. Empty for a disputed invoice, "
        "and for a customer that wasn't assessed.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "credit_disputed_since",
        "line_ids.date_maturity",
        "line_ids.reconciled",
    )
    def _compute_credit_expected_on(self):
        self.credit_expected_on = False
        for company, moves in self.grouped("company_id").items():
            waiting = moves.filtered(
                lambda move: (
                    move.state == "posted"
                    and move.move_type in ("out_invoice", "out_receipt")
                    and not move.credit_disputed_since
                )
            )
            today = waiting and company._get_today()
            for move in waiting:
                partner = move.commercial_partner_id.with_company(company)
                due = [
                    line.date_maturity
                    for line in move.line_ids
                    if line.display_type == "payment_term"
                    and line.date_maturity
                    and not line.reconciled
                ]
                if due and (known := partner.credit_assessment_id):
                    move.credit_expected_on = move_to_pay_day(
                        min(due), known.expected_payment_days, today
                    )

    # === ACTIONS === #

    def action_credit_dispute(self):
        """Mark invoices that the customer disputes, from today on.

        :raises UserError: one isn't a posted customer invoice, or nothing of it is open
        """
        for move in self:
            move._mark_disputed(move.company_id._get_today())
        return True

    def _is_disputable(self):
        """Return whether this is a posted customer invoice, and something of it is
        open."""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.move_type in ("out_invoice", "out_receipt")
            and self.payment_state not in SETTLED
            and not self.currency_id.is_zero(self.amount_residual)
        )

    def _mark_disputed(self, since, reason=None):
        """Mark an invoice as disputed; one that is keeps its day and its reason.

        :param since: day on which the customer said so
        :raises UserError: it isn't a posted customer invoice, or nothing of it is open
        """
        self.ensure_one()
        if not self._is_disputable():
            raise UserError(
                self.env._(
                    "Only a posted customer invoice of which something is open is "
                    "disputed: %s isn't one.",
                    self.display_name,
                )
            )
        if self.credit_disputed_since:
            return
        vals = {"credit_disputed_since": since, "credit_dispute_settled_on": False}
        if reason:
            vals["credit_dispute_reason"] = reason
        self._write_guarded(vals)

    def action_credit_dispute_settled(self):
        """Mark disputes that were settled today."""
        for company, moves in (
            self.filtered("credit_disputed_since").grouped("company_id").items()
        ):
            settled_on = company._get_today()
            moves._write_guarded(
                {
                    "credit_disputed_since": False,
                    "credit_dispute_settled_on": settled_on,
                }
            )
        return True
