from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Whether the customer disputes an invoice."""

    _inherit = "account.move"

    credit_disputed_since = fields.Date(
        "Disputed Since",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="A disputed invoice counts as exposure; it tells nothing of how its "
        "customer pays, and no one is reminded of it.",
    )
    credit_dispute_reason = fields.Char("Dispute", copy=False, tracking=True)
    credit_dispute_settled_on = fields.Date(
        "Dispute Settled On",
        copy=False,
        readonly=True,
        help="How late the money came is counted from then on, not from the due date.",
    )

    def action_credit_dispute(self):
        """The customer disputes these invoices from today on."""
        for move in self:
            if move.state != "posted" or not move.is_sale_document(True):
                raise UserError(
                    self.env._(
                        "Only a posted customer invoice is disputed: %s isn't one.",
                        move.display_name,
                    )
                )
            if not move.credit_disputed_since:
                move._write_guarded(
                    {
                        "credit_disputed_since": move.company_id._get_today(),
                        "credit_dispute_settled_on": False,
                    }
                )
        return True

    def action_credit_dispute_settled(self):
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
