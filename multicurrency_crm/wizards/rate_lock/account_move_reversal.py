from odoo import models

from ...models.common.guarded_mixin import open_guarded


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        wizard = open_guarded(self, "account.move")
        return super(AccountMoveReversal, wizard).reverse_moves(is_modify)

    def _modify_default_reverse_values(self, origin_move):
        """Keep the promise of the replaced invoice: the corrected one stands for the
        same sale."""
        return {
            **super()._modify_default_reverse_values(origin_move),
            **origin_move._get_lock_values(),
        }
