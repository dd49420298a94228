from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import volatility

#: calendar days whose rates say how much a currency moves
VOLATILITY_DAYS = 365


class ResCurrency(models.Model):
    """How old a currency's rate is, and how much it moves, for the current company."""

    _inherit = "res.currency"

    rate_age_days = fields.Integer(
        string="Age of Rate",
        compute="_compute_rate_age",
        help="Days since the rate that Odoo converts with today. 0 too where there is "
        "none.",
    )
    rate_is_stale = fields.Boolean(
        string="Rate Too Old",
        compute="_compute_rate_age",
        search="_search_rate_is_stale",
        help="There is no rate, or it is older than the company's limit of working "
        "days.",
    )
    volatility = fields.Float(
        compute="_compute_volatility",
        help="How much the rate against the company currency moves in a year, by its "
        "movements of the last twelve months. 0 where there are too few rates.",
    )

    @api.depends("rate_ids.name", "rate_ids.company_id")
    @api.depends_context("company")
    def _compute_rate_age(self):
        today = self.env.company._get_today()
        known = self.filtered("id")
        spots = known._find_spot(self.env.company, today)
        stale = known._filter_stale(spots)
        for currency in self:
            spot = spots.get(currency.id)
            currency.rate_age_days = spot and (today - spot.date).days
            currency.rate_is_stale = currency in stale or not currency.id

    @api.model
    def _search_rate_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        currencies = self.with_context(active_test=False).search([])
        stale = currencies._filter_stale(currencies._find_spot(self.env.company))
        found = self.browse()
        if True in value:
            found |= stale
        if False in value:
            found |= currencies - stale
        return [("id", "in", found.ids)]

    @api.depends("rate_ids.name", "rate_ids.rate", "rate_ids.company_id")
    @api.depends_context("company")
    def _compute_volatility(self):
        known = self.filtered("id")
        series = known._get_recent_rates(self.env.company, VOLATILITY_DAYS)
        for currency in self:
            daily = volatility.daily(series.get(currency.id, {}))
            currency.volatility = volatility.annualised(daily) if daily else 0.0

    def _get_recent_rates(self, company, days):
        """The rates of the last days as they count for a company, in two queries.

        As Odoo does, a shared rate counts until the company has one of its own.

        :param company: res.company
        :param days: calendar days back from today
        :return: {currency id: {date: units of the currency for 1 unit of company
            currency}}; the company currency itself is absent
        """
        company = company.sudo()  # a branch's user may not read its root company
        foreign = self - company.currency_id
        if not foreign:
            return {}
        self.env["res.currency.rate"].flush_model()
        today = company._get_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT r.currency_id, r.name, r.rate FROM res_currency_rate r
                    WHERE r.currency_id IN %(currencies)s
                      AND r.name > %(since)s AND r.name <= %(today)s
                      AND r.fx_carried_from IS NULL
                      AND (r.company_id = %(root)s
                           OR r.company_id IS NULL AND NOT EXISTS (
                                SELECT FROM res_currency_rate o
                                 WHERE o.company_id = %(root)s
                                   AND o.currency_id = r.currency_id
                                   AND o.name <= r.name))""",
                currencies=tuple(foreign.ids),
                since=today - timedelta(days),
                today=today,
                root=company.root_id.id,
            )
        )
        if not rows:
            return {}
        technical = company.currency_id._get_technical_rates(
            company, {day for _currency, day, _rate in rows}
        )
        series = defaultdict(dict)
        for currency_id, day, rate in rows:
            series[currency_id][day] = rate / float(technical[day])
        return series
