from odoo import models

from ...models.rate_lock.fx_rate_locked_mixin import LOCK_HANDOVER


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        wizard = LOCK_HANDOVER.put_on(self)
        return super(AccountMoveReversal, wizard).reverse_moves(is_modify)

    def _modify_default_reverse_values(self, origin_move):
        """The corrected invoice stands for the same sale as the one it replaces, so it
        keeps the promise that was made for it."""
        return {
            **super()._modify_default_reverse_values(origin_move),
            **origin_move._get_lock_values(),
        }
