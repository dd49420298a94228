from odoo import api, models


class AccountPayment(models.Model):
    """Receipts that get a customer, or go, while somebody claims them."""

    _inherit = "account.payment"

    def write(self, vals):
        result = super().write(vals)
        if {"partner_id", "state"} & vals.keys():
            Claim = self.env["payment.claim"]
            if Claim._is_any_open():
                Claim._end_settled(payments=self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_end_claims(self):
        Claim = self.env["payment.claim"]
        if Claim._is_any_open():
            # sudo: whoever deletes a receipt ends what others have claimed
            Claim.sudo().search(
                [("payment_id", "in", self.ids), ("state", "=", "claimed")]
            )._end()
