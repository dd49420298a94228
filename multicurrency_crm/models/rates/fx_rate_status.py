from odoo import api, fields, models


class FxRateStatus(models.Model):
    """What each main company knows of each foreign currency today.

    A query, no table: nothing has to be kept up to date.
    """

    _name = "fx.rate.status"
    _description = "Rate Status"
    _auto = False
    _order = "company_id, currency_id"
    _rec_name = "currency_id"
    _depends = {
        "fx.rate.hold": ["company_id", "currency_id", "state"],
        "fx.rate.provider": [
            "active",
            "company_ids",
            "currency_ids",
            "next_run",
            "purpose",
            "sequence",
        ],
        "res.company": ["active", "currency_id", "parent_id", "rate_max_age"],
        "res.currency": ["active"],
        "res.currency.rate": [
            "company_id",
            "currency_id",
            "fx_base_rate",
            "fx_carried_from",
            "fx_kind",
            "fx_provider_id",
            "fx_quoted",
            "fx_shared_rate_id",
            "fx_unconfirmed",
            "name",
            "rate",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    rate = fields.Float(
        digits=0,
        aggregator=None,
        readonly=True,
        help="Units of the currency for 1 unit of company currency, as Odoo converts "
        "today. 0 where there is no rate.",
    )
    inverse_rate = fields.Float(
        string="In Company Currency",
        digits=0,
        aggregator=None,
        readonly=True,
        help="Units of company currency for 1 unit of the currency.",
    )
    provider_id = fields.Many2one("fx.rate.provider", readonly=True)
    is_manual = fields.Boolean(
        string="Typed by Hand", readonly=True, help="A person typed this rate."
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["fx.rate.provider"]
            ._fields["rate_kind"]
            ._description_selection(self.env)
        ),
        string="Kind of Rate",
        readonly=True,
    )
    quoted = fields.Char(string="Published As", readonly=True)
    date = fields.Date(string="Rate of", readonly=True)
    age_days = fields.Integer(
        string="Days Old", readonly=True, aggregator="max", help="Calendar days."
    )
    is_stale = fields.Boolean(
        string="Too Old",
        readonly=True,
        help="There is no rate, or it is older than the company's limit of working "
        "days.",
    )
    is_unconfirmed = fields.Boolean(
        string="Unconfirmed",
        readonly=True,
        help="The first rate of a currency, which no second provider has confirmed.",
    )
    held_count = fields.Integer(
        string="Held",
        readonly=True,
        help="Quotes that wait for somebody to accept or reject them.",
    )
    next_expected = fields.Datetime(
        readonly=True,
        help="When the provider is asked next: the one of the rate, or the first one "
        "that serves the company with this currency.",
    )
    change_30_days = fields.Float(
        string="30 Days",
        readonly=True,
        aggregator=None,
        help="Value in company currency / value of 30 days before it − 1. Positive: "
        "the currency gained value.",
    )
    volatility = fields.Float(
        readonly=True,
        aggregator=None,
        help="How much the rate moves in a year, by its movements of the last twelve "
        "months. 0 where there are too few rates.",
    )

    source = fields.Char(compute="_compute_source")

    @api.depends("date", "is_manual", "provider_id")
    @api.depends_context("lang")
    def _compute_source(self):
        for status in self:
            if not status.date:
                status.source = self.env._("No rate")
            elif status.is_manual:
                status.source = self.env._("Typed by hand")
            else:
                # sudo: a provider may have stopped serving the user's companies
                status.source = status.provider_id.sudo().name

    def action_open_rates(self):
        """Open the rates of this currency that count for the company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.res_currency_rate_action"
        )
        return {
            **action,
            "name": self.env._("Rates of %(currency)s", currency=self.currency_id.name),
            "domain": [
                ("currency_id", "=", self.currency_id.id),
                ("company_id", "in", [self.company_id.id, False]),
            ],
            "context": {"default_currency_id": self.currency_id.id},
        }
