from odoo import fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "typed.number.mixin"]

    missing_rate_policy = fields.Selection(
        selection=[
            ("off", "Off"),
            ("warn", "Warn"),
            ("stop", "Stop"),
        ],
        string="Without a Fresh Rate",
        default="warn",
        required=True,
        help="For a currency without a rate on a document's date Odoo takes a later "
        "one, or 1.0; for one with an old rate, the old one. Off: quotations and "
        "orders say so. Warn: invoices and bills, too. Stop: besides, none of them is "
        "sent, confirmed or posted.",
        groups="base.group_user",
        everyday=True,
    )
    rate_max_age = fields.Integer(
        string="Maximum Rate Age",
        default=5,
        required=True,
        help="Working days, Monday to Friday, after which a rate is too old.",
        groups="base.group_user",
    )
    fx_booking_day = fields.Selection(
        selection=[
            ("day", "The rate of each day"),
            ("first", "The month's first rate"),
            ("before", "The last rate before the month"),
        ],
        string="Book At",
        default="day",
        required=True,
        help="The month's first rate is that of its first working day; it holds for "
        "the whole month, and so does the last rate before the month.",
        groups="base.group_user",
        prefetch=False,
    )

    _rate_max_age_positive = models.Constraint(
        "CHECK (rate_max_age > 0)",
        "A rate is fresh for at least one working day: enter 1 or more.",
    )

    def _follow_base_rate(self):
        """Bring the fetched rates of main companies in line with their currency's."""
        # sudo: who may type a rate may not write those that a provider brought
        for company in self.sudo():
            self.env["res.currency.rate"].sudo()._rebase(company)

    def _find_currency_obstacles(self):
        own = [("company_id", "=", self.id)]
        Rate, Hold = self.env["res.currency.rate"], self.env["fx.rate.hold"]
        return [
            *super()._find_currency_obstacles(),
            (
                Rate.search([*own, ("fx_provider_id", "!=", False)]),
                self.env._("stop their providers, delete them, fetch them again after"),
            ),
            (
                self.env["fx.rate.named"].search(own),
                self.env._("delete them, and fetch or type them again after"),
            ),
            (
                Hold.search([*own, ("state", "=", "pending")]),
                self.env._("reject them"),
            ),
        ]
