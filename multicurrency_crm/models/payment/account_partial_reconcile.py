from odoo import models


class AccountPartialReconcile(models.Model):
    """What is matched no longer keeps no promise."""

    _inherit = "account.partial.reconcile"

    def unlink(self):
        Promise = self.env["payment.promise"]
        moves = self.env["account.move"]
        if self and Promise._is_any():
            # sudo: whoever takes a match apart may not read its items
            moves = self.sudo().debit_move_id.move_id
        result = super().unlink()
        if moves := moves.exists():
            Promise._follow_matched(moves)
        return result
