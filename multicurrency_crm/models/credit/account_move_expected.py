from odoo import api, fields, models

from ...engine.credit_statistics import move_to_pay_day
from .res_partner_assessment import FINANCE


class AccountMove(models.Model):
    """When the money of an invoice is to be expected."""

    _inherit = "account.move"

    credit_expected_on = fields.Date(
        "Money Expected On",
        compute="_compute_credit_expected_on",
        groups=FINANCE,
        help="The next open instalment's due date and the days after it on which this "
        "customer usually pays; never before tomorrow. Empty for a disputed invoice, "
        "and for a customer that wasn't assessed.",
    )

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
