from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_date

from ...engine.quoting import shortest_quoted
from ...engine.rate_locks import forward_mark_to_market


class FxForward(models.Model):
    """What a contract covers, and what it is worth today."""

    _inherit = "fx.forward"

    allocation_ids = fields.One2many(
        "fx.forward.allocation", "forward_id", string="Covers", copy=False
    )
    # Stored: two people who allocate at once both update this row, and the second is
    # retried by Odoo with the figures of the first.
    amount_allocated = fields.Monetary(
        string="Allocated",
        compute="_compute_amount_allocated",
        store=True,
        help="Of the amount, what covers orders, rate locks and invoices.",
    )
    amount_available = fields.Monetary(
        string="Free", compute="_compute_amount_allocated", store=True
    )
    spot_rate = fields.Float(
        string="Market Rate Today",
        compute="_compute_market",
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where none is "
        "known.",
    )
    spot_note = fields.Char(string="Spot", compute="_compute_market")
    mark_to_market = fields.Monetary(
        string="Worth Today",
        compute="_compute_market",
        currency_field="company_currency_id",
        help="Sold: amount × (1/forward rate − 1/market rate); bought: the opposite. "
        "Spot indication, not fair value.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "allocation_ids.amount")
    def _compute_amount_allocated(self):
        for forward in self:
            allocated = sum(forward.allocation_ids.mapped("amount"))
            forward.amount_allocated = allocated
            forward.amount_available = forward.amount - allocated

    @api.depends("company_id", "currency_id", "amount", "side", "rate", "state")
    @api.depends_context("lang")
    def _compute_market(self):
        for company, forwards in self.grouped("company_id").items():
            spots = company and forwards.currency_id._find_spot(
                company, company._get_today()
            )
            for forward in forwards:
                spot = (spots or {}).get(forward.currency_id.id)
                forward.spot_rate = spot.rate if spot else 0.0
                forward.spot_note = forward._get_spot_note(spot)
                forward.mark_to_market = forward._get_mark_to_market()

    def _get_mark_to_market(self):
        """Company currency; of an active contract only, 0 where no spot is known."""
        if self.state != "active" or not (self.spot_rate and self.rate):
            return 0.0
        gain = forward_mark_to_market(self.amount, self.side, self.rate, self.spot_rate)
        return self.company_currency_id.round(gain)

    def _get_spot_note(self, spot):
        """Which rate and date the figures of today are at.

        :param spot: ``Spot``, or None where none is known
        """
        if not (self.company_id and self.currency_id):
            return False
        if not spot:
            return self.env._(
                "No rate of %(currency)s is known: enter one to see what the contract "
                "is worth.",
                currency=self.currency_id.name,
            )
        return self.env._(
            "%(equation)s, %(publisher)s, %(date)s",
            equation=self._get_quoted_equation(*shortest_quoted(spot.rate)),
            publisher=spot.source,
            date=format_date(self.env, spot.date),
        )

    # === CONSTRAINTS === #

    @api.constrains("amount")
    def _check_allocated(self):
        """Never over the contract; allocations call it, too."""
        for forward in self:
            if forward.currency_id.compare_amounts(forward.amount_available, 0) < 0:
                raise ValidationError(
                    self.env._(
                        "%(forward)s is over %(amount)s, and %(allocated)s would be "
                        "allocated: allocate less, or cover the rest by another "
                        "contract.",
                        forward=forward.name,
                        amount=format_amount(
                            self.env, forward.amount, forward.currency_id
                        ),
                        allocated=format_amount(
                            self.env, forward.amount_allocated, forward.currency_id
                        ),
                    )
                )

    # === ACTIONS === #

    def action_open_allocations(self):
        """Open what this contract covers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_fx_forward_allocation"
        )
        return {**action, "domain": [("forward_id", "=", self.id)]}
