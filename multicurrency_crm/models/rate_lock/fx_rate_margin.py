from odoo import api, fields, models

from ...engine.rate_locks import BASIS_POINTS


class FxRateMargin(models.Model):
    """By how much the market rate is moved before it is promised: its spread.

    Stored in ten-thousandths, and shown and typed in percent: “basis points” are
    something else where banks count them in units of the quote.
    """

    _name = "fx.rate.margin"
    _description = "Rate Spread"
    _inherit = ["typed.number.mixin", "main.company.mixin"]
    _order = "company_id, currency_id, days, id"

    company_id = fields.Many2one(
        index=True, help="A branch has the spreads of its main company."
    )
    currency_id = fields.Many2one(
        "res.currency",
        ondelete="cascade",
        help="Empty: every currency that has no spread of its own.",
    )
    days = fields.Integer(
        string="Up to Days",
        default=0,  # nothing would be told apart from nothing by the index below
        help="The spread of locks that hold that many days or fewer; 0 for any length.",
    )
    basis_points = fields.Float(
        string="Rate Spread (per 10,000)",
        required=True,
        default=0.0,
        digits=(16, 2),
        aggregator=None,
        help="The rate spread in ten-thousandths of the market rate: 100 are 1%.",
    )
    spread = fields.Float(
        string="Rate Spread",
        compute="_compute_spread",
        inverse="_inverse_spread",
        bounds=(0, 0.9999),
        digits=(16, 6),
        aggregator=None,
        help="Percent of the market rate, in your favour: at 1%, a market rate of "
        "7.2000 is locked at 7.1280.",
    )

    _margin_unique = models.UniqueIndex(
        "(company_id, COALESCE(currency_id, 0), days)",
        "There is a rate spread of this currency and length already: change that one.",
    )
    _basis_points_in_range = models.Constraint(
        "CHECK (basis_points >= 0 AND basis_points < 10000)",
        "A rate spread is 0% or more, and below 100%.",
    )
    _days_not_negative = models.Constraint(
        "CHECK (days >= 0)", "Enter 0 days (any length) or more."
    )

    # === COMPUTE METHODS === #

    @api.depends("basis_points")
    def _compute_spread(self):
        for margin in self:
            margin.spread = margin.basis_points / BASIS_POINTS

    def _inverse_spread(self):
        for margin in self:
            margin.basis_points = margin.spread * BASIS_POINTS

    @api.depends("currency_id", "days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name a spread by what it is for: “USD, up to 30 days”."""
        for margin in self:
            currency = margin.currency_id.name or self.env._("Other currencies")
            margin.display_name = (
                self.env._(
                    "%(currency)s, up to %(days)s days",
                    currency=currency,
                    days=margin.days,
                )
                if margin.days
                else self.env._("%(currency)s, any length", currency=currency)
            )

    # === BUSINESS METHODS === #

    @api.model
    def _find_margin(self, company, currency, days):
        """Find the spread of a lock: the currency's own comes before the general one,
        the shortest length that holds it before the longer ones.

        :param company: ``res.company``; a branch has the spreads of its main company
        :param days: how long the lock holds
        :return: ten-thousandths of the market rate; 0.0 where none is set
        """
        # sudo: a branch's user may not read its main company
        margins = self.search([("company_id", "=", company.sudo().root_id.id)])
        return margins._choose_margin(currency.id, days)

    def _choose_margin(self, currency_id, days):
        """Return the spread of a lock among all of a main company's.

        :param currency_id: of the ``res.currency``
        :param days: how long the lock holds
        :return: ten-thousandths of the market rate; 0.0 where none is set
        """
        fitting = self.filtered(
            lambda margin: (
                margin.currency_id.id in (currency_id, False)
                and (not margin.days or margin.days >= days)
            )
        )
        best = fitting.sorted(
            lambda margin: (
                not margin.currency_id,
                margin.days == 0,
                margin.days,
            )
        )[:1]
        return best.basis_points
