from odoo import fields, models


class SaleOrderOverdrawLock(models.TransientModel):
    _name = "sale.order.overdraw.lock"
    _description = "Overdraw of a Rate Agreement"
    _inherit = ["reason.wizard"]

    order_id = fields.Many2one("sale.order", required=True, readonly=True)

    def _apply(self):
        self.order_id._allow_overdraw(self.reason)
