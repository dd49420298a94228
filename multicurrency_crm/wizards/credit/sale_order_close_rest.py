from odoo import fields, models


class SaleOrderCloseRest(models.TransientModel):
    """Why the rest of an order isn't waited for any longer."""

    _name = "sale.order.close.rest"
    _description = "Closing the Rest of an Order"
    _inherit = ["reason.wizard"]

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(related="order_id.credit_open_rest", string="To Close")

    def _apply(self):
        return self.order_id._close_credit_rest(self.reason)
