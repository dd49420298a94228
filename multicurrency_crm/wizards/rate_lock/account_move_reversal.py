from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _modify_default_reverse_values(self, origin_move):
        """The corrected invoice stands for the same sale as the one it replaces, so it
        keeps the promise that was made for it."""
        return {
            **super()._modify_default_reverse_values(origin_move),
            **origin_move._get_lock_values(),
        }
