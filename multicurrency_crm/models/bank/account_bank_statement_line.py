from odoo import api, models


class AccountBankStatementLine(models.Model):
    """Lines of banks of which somebody else decides: that gets a customer, goes, or is
    taken apart in Odoo. What was matched or claimed here ends."""

    _inherit = "account.bank.statement.line"

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            Claim = self.env["payment.claim"]
            if Claim._is_any_open():
                Claim._end_settled(lines=self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_end_claims(self):
        Claim = self.env["payment.claim"]
        if Claim._is_any_open():
            # sudo: whoever deletes a receipt ends what others have claimed
            Claim.sudo().search(
                [("statement_line_id", "in", self.ids), ("state", "=", "claimed")]
            )._end()

    def action_undo_reconciliation(self):
        result = super().action_undo_reconciliation()
        # sudo: whoever may take a line apart in Odoo needn't be of finance
        Match = self.env["bank.match"].sudo()
        Match.search(
            [("statement_line_id", "in", self.ids), ("state", "=", "matched")]
        )._end()
        return result
