from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

TREND_DAYS = 30


class FxRateStatus(models.Model):
    """How each rate went lately, for the small line in the list."""

    _inherit = "fx.rate.status"

    trend = fields.Json(
        compute="_compute_trend",
        help="What 1 unit of the currency cost on the days of the last 30 that have a "
        "rate.",
    )

    def _compute_trend(self):
        today = self.env.company._get_today()
        # sudo: a branch's user may not read its root company
        for company, statuses in self.sudo().grouped("company_id").items():
            rows = self.env.execute_query(
                self._trend_query(company, statuses.currency_id, today)
            )
            technical = company.currency_id._get_technical_rates(
                company, {day for _id, day, _rate in rows}
            )
            trends = defaultdict(list)
            for currency_id, day, rate in rows:
                trends[currency_id].append(float(technical[day]) / rate)
            for status in statuses:
                self.browse(status.id).trend = trends.get(status.currency_id.id, [])

    def _trend_query(self, company, currencies, today):
        """Rows (currency id, day, technical rate): the company's own ones, and the
        shared ones before those."""
        self.env["res.currency.rate"].flush_model()
        return SQL(
            """SELECT r.currency_id, r.name, r.rate::float
                 FROM res_currency_rate r
                WHERE r.currency_id IN %(currencies)s AND r.rate > 0
                  AND r.name BETWEEN %(since)s AND %(today)s
                  AND (r.company_id = %(company)s
                       OR r.company_id IS NULL AND NOT EXISTS (
                            SELECT FROM res_currency_rate own
                             WHERE own.currency_id = r.currency_id
                               AND own.company_id = %(company)s
                               AND own.name <= r.name))
             ORDER BY r.name""",
            currencies=tuple(currencies.ids) or (0,),
            company=company.id,
            since=today - timedelta(TREND_DAYS),
            today=today,
        )
