from odoo import api, fields, models


class SaleOrderSwitchCurrency(models.TransientModel):
    _name = "sale.order.switch.currency"
    _description = "Switch a Quotation's Currency"
    _inherit = ["shown.records.mixin"]

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    old_currency_id = fields.Many2one(related="order_id.currency_id", string="From")
    currency_id = fields.Many2one(
        "res.currency",
        string="To",
        required=True,
        domain="[('active', '=', True), ('id', '!=', old_currency_id)]",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", compute="_compute_consequences", string="Prices from"
    )
    rate_note = fields.Char(compute="_compute_consequences", string="Rate")

    @api.depends("order_id", "currency_id")
    @api.depends_context("lang")
    def _compute_consequences(self):
        for wizard in self:
            order, currency = wizard.order_id, wizard.currency_id
            wizard.pricelist_id = order and order._find_pricelist_in(currency)
            known = bool(order and currency)
            wizard.rate_note = known and order._get_switch_note(currency)

    def action_switch(self):
        """Switch the quotation and close the dialog."""
        self.ensure_one()
        self.order_id.check_access("write")
        self.order_id._switch_currency(self.currency_id)
        return {"type": "ir.actions.act_window_close"}
