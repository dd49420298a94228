from decimal import Decimal

from odoo import api, fields, models

from ...engine.rate_locks import (
    BASIS_POINTS,
    is_beyond,
    rate_deviation,
    rate_distance,
)
from ...engine.rates import RateError, parse_quoted, rate_from_quoted


class SaleOrderLockRate(models.TransientModel):
    _name = "sale.order.lock.rate"
    _description = "Locking the Rate of a Quotation"
    _inherit = ["shown.records.mixin"]

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    rate_choice = fields.Selection(
        selection=[("spot", "Today's rate"), ("typed", "Another rate")],
        string="Rate",
        default="spot",
        required=True,
    )
    quoted_rate = fields.Char(string="Your Rate")
    quote_direction = fields.Selection(
        selection=lambda self: (
            self.env["fx.rate.lock"]
            ._fields["quote_direction"]
            ._description_selection(self.env)
        ),
        default="company_per_unit",
        string="Quoted as",
    )
    pricing = fields.Selection(
        selection=[
            ("keep", "Keep the prices as they are"),
            ("reprice", "Convert list prices again at the locked rate"),
        ],
        string="Prices",
        default="keep",
        required=True,
        help="Prices that somebody typed stay as they are in both cases. What is kept "
        "stays kept, whatever the quantity, until prices are updated or another "
        "product is chosen.",
    )
    rate_display = fields.Char(string="Market Rate Today", compute="_compute_terms")
    locked_display = fields.Char(string="Locked Rate", compute="_compute_locked")
    rate_spread = fields.Float(
        compute="_compute_locked",
        digits=(16, 6),
        help="The share of the market rate that your company keeps, by its settings.",
    )
    source = fields.Char(compute="_compute_terms")
    rate_date = fields.Date(string="Published On", compute="_compute_terms")
    date_end = fields.Date(string="Holds until", compute="_compute_terms")
    needs_approval = fields.Boolean(compute="_compute_locked")
    rate_deviation = fields.Float(compute="_compute_locked")
    rate_distance = fields.Char(
        string="Distance from Market", compute="_compute_locked"
    )

    @api.depends("order_id")
    def _compute_terms(self):
        """Show what the market says now."""
        spots = self.order_id._find_lock_spots()
        for wizard in self:
            order = wizard.order_id
            spot = spots.get(order)
            company = order.company_id
            wizard.rate_display = spot and order.currency_id._format_rate(
                spot.rate, company
            )
            wizard.source = spot and spot.source
            wizard.rate_date = spot and spot.date
            wizard.date_end = company and order._get_lock_end(company._get_today())

    @api.depends("order_id", "rate_choice", "quoted_rate", "quote_direction")
    def _compute_locked(self):
        """Show what ``action_lock`` would promise."""
        spots = self.order_id._find_lock_spots()
        for wizard in self:
            wizard.update(wizard._get_locked(spots.get(wizard.order_id)))

    def _get_locked(self, spot):
        """Return what would be promised, from today's spot.

        :param spot: ``Spot``, or None where no rate is known
        """
        nothing = {
            "locked_display": False,
            "rate_spread": 0.0,
            "needs_approval": False,
            "rate_deviation": 0.0,
            "rate_distance": False,
        }
        if not spot:
            return nothing
        order = self.order_id
        values = order._prepare_rate_lock(spot, self._get_quoted())
        direction = values["quote_direction"]
        try:
            quoted = parse_quoted(values["quoted_rate"] or "")
            rate = float(rate_from_quoted(quoted, direction))
        except RateError:
            return nothing  # not typed to the end yet
        deviation = rate_deviation(rate, spot.rate)
        typed = self.rate_choice == "typed"
        return {
            "locked_display": order.currency_id._format_rate(
                rate, order.company_id, (Decimal(quoted), direction)
            ),
            "rate_spread": values["margin_bp"] / BASIS_POINTS,
            "needs_approval": typed
            and is_beyond(rate_distance(rate, spot.rate), values["tolerance"]),
            "rate_deviation": deviation,
            "rate_distance": order.currency_id._format_distance(
                deviation, order.company_id
            ),
        }

    def _get_quoted(self):
        """Return the typed (text of the rate, direction), or None for today's."""
        if self.rate_choice != "typed":
            return None
        return self.quoted_rate or "", self.quote_direction

    def action_lock(self):
        """Lock at today's rate, or at the typed one; one that is far from the market's
        is requested from a manager."""
        self.ensure_one()
        locks = self.order_id._lock_rate(
            reprice=self.pricing == "reprice", quoted=self._get_quoted()
        )
        # sudo: whoever asks may not read what is asked
        asked = locks.sudo().approval_ids
        return asked._get_answer({"type": "ir.actions.act_window_close"})
