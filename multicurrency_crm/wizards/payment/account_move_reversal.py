from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """What takes the place of an invoice is paid by the same plan: Odoo makes it
        without the order's method, which marks others."""
        action = super().reverse_moves(is_modify)
        # sudo: who invoices may read no plan
        if is_modify and any(self.sudo().move_ids.mapped("has_payment_plan")):
            # sudo: as above
            orders = self.sudo().new_move_ids.line_ids.sale_line_ids.order_id
            orders._mark_planned(self.new_move_ids)
        return action
