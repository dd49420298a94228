from odoo import api, models


class AccountBankStatementLine(models.Model):
    """Lines of the bank that get a customer, or go, while somebody claims them."""

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
