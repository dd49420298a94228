from odoo import fields, models


class SaleOrderOverdrawLock(models.TransientModel):
    _name = "sale.order.overdraw.lock"
    _description = "Overdraw of a Rate Agreement"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_allow(self):
        """Let the order take more than is left; rights and reason are checked there."""
        self.ensure_one()
        self.order_id._allow_overdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
