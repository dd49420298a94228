from odoo import models

from ...models.common.guarded_mixin import open_guarded


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """Invoice down payments by the lock's day, too: Odoo makes them without the
        order's method."""
        wizard = open_guarded(self, "account.move")
        moves = super(SaleAdvancePaymentInv, wizard)._create_invoices(sale_orders)
        moves = moves.with_env(self.env(su=moves.env.su))
        if self.advance_payment_method != "delivered":
            sale_orders.filtered("locked_rate")._check_invoice_by(moves)
        return moves
