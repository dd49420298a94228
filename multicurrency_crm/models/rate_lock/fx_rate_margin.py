from odoo import api, fields, models


class FxRateMargin(models.Model):
    """By how much the market rate is moved before it is promised."""

    _name = "fx.rate.margin"
    _description = "Margin of Rate Locks"
    _inherit = ["typed.number.mixin", "main.company.mixin"]
    _order = "company_id, currency_id, days, id"

    company_id = fields.Many2one(
        index=True, help="A branch has the margins of its main company."
    )
    currency_id = fields.Many2one(
        "res.currency",
        ondelete="cascade",
        help="Empty: every currency that has no margin of its own.",
    )
    days = fields.Integer(
        string="Up to Days",
        default=0,  # nothing would be told apart from nothing by the index below
        help="The margin of locks that hold that many days or fewer; 0 for any length.",
    )
    basis_points = fields.Float(
        string="Margin (bp)",
        required=True,
        digits=(16, 2),
        aggregator=None,
        help="100 basis points are 1 %: a market rate of 7.2000 is locked at 7.1280.",
    )

    _margin_unique = models.UniqueIndex(
        "(company_id, COALESCE(currency_id, 0), days)",
        "There is a margin of this currency and length already: change that one.",
    )
    _basis_points_in_range = models.Constraint(
        "CHECK (basis_points >= 0 AND basis_points < 10000)",
        "A margin is 0 basis points or more, and below 10,000.",
    )
    _days_not_negative = models.Constraint(
        "CHECK (days >= 0)", "Enter 0 days (any length) or more."
    )

    @api.depends("currency_id", "days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name a margin by what it is for: “USD, up to 30 days”."""
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

    @api.model
    def _find_margin(self, company, currency, days):
        """Find the margin of a lock: the currency's own comes before the general one,
        the shortest length that holds it before the longer ones.

        :param company: ``res.company``; a branch has the margins of its main company
        :param days: how long the lock holds
        :return: basis points; 0.0 where none is set
        """
        # sudo: a branch's user may not read its main company
        margins = self.search(
            [
                ("company_id", "=", company.sudo().root_id.id),
                ("currency_id", "in", [currency.id, False]),
                "|",
                ("days", "=", 0),
                ("days", ">=", days),
            ]
        )
        best = margins.sorted(
            lambda margin: (
                not margin.currency_id,
                margin.days == 0,
                margin.days,
            )
        )[:1]
        return best.basis_points
