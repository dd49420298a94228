from odoo import models


class AccountMoveLine(models.Model):
    """What is matched needs nobody who claims it."""

    _inherit = "account.move.line"

    def _reconcile_post_hook(self, data):
        result = super()._reconcile_post_hook(data)
        Claim = self.env["payment.claim"]
        if Claim._is_any_open():
            # sudo: whoever matches may not read what its payment is
            moves = self.sudo().move_id
            Claim._end_settled(moves.origin_payment_id, moves.statement_line_id)
        return result
