from odoo import models


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """A down payment is invoiced by the lock's day, too; Odoo makes it without the
        order's method."""
        moves = super()._create_invoices(sale_orders)
        if self.advance_payment_method != "delivered":
            sale_orders.filtered("locked_rate")._check_invoice_by(moves)
        return moves
