from odoo import models


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """Odoo makes down payments without the order's method, which marks others."""
        moves = super()._create_invoices(sale_orders)
        if self.advance_payment_method != "delivered":
            sale_orders._mark_planned(moves)
        return moves
