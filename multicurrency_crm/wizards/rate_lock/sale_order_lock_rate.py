from odoo import api, fields, models

from ...engine.quoting import shortest_quoted


class SaleOrderLockRate(models.TransientModel):
    _name = "sale.order.lock.rate"
    _description = "Locking the Rate of a Quotation"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    pricing = fields.Selection(
        selection=[
            ("keep", "Keep the prices as they are"),
            ("reprice", "Convert list prices again at the locked rate"),
        ],
        string="Prices",
        default="keep",
        required=True,
        help="Prices that somebody typed stay as they are in both cases.",
    )
    rate_display = fields.Char(string="Today's Rate", compute="_compute_terms")
    source = fields.Char(compute="_compute_terms")
    rate_date = fields.Date(string="Published On", compute="_compute_terms")
    date_end = fields.Date(string="Holds until", compute="_compute_terms")

    @api.depends("order_id")
    def _compute_terms(self):
        """What action_lock would promise now."""
        spots = self.order_id._find_lock_spots()
        for wizard in self:
            order = wizard.order_id
            spot = spots.get(order)
            company = order.company_id
            wizard.rate_display = spot and self.env["fx.rate.lock"]._get_equation(
                *shortest_quoted(spot.rate), order.currency_id, company
            )
            wizard.source = spot and spot.source
            wizard.rate_date = spot and spot.date
            wizard.date_end = company and order._get_lock_end(company._get_fx_today())

    def action_lock(self):
        """Lock at today's rate."""
        self.ensure_one()
        self.order_id._lock_rate(reprice=self.pricing == "reprice")
        return {"type": "ir.actions.act_window_close"}
