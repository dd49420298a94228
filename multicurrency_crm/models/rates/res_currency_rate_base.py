from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: what a technical rate hangs on, besides the figure itself
PLACE_FIELDS = {"name", "currency_id", "company_id"}
RATE_FIELDS = {"rate", "company_rate", "inverse_company_rate"}


class ResCurrencyRate(models.Model):
    """Fetched rates follow the technical rate of the company currency.

    Odoo divides a stored rate by the company currency's own technical rate of the day
    on which it converts. A fetched rate was multiplied by that of its own day, so where
    the technical rate changes before the next published day the quotient would be
    wrong. Such a day gets a *carried* row: the same quotes, multiplied anew.
    """

    _inherit = "res.currency.rate"

    fx_base_rate = fields.Float(
        string="Multiplied By",
        digits=0,
        readonly=True,
        copy=False,
        aggregator=None,
        help="The technical rate of the company currency that this rate contains.",
    )
    fx_carried_from = fields.Date(
        string="Carried From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The day on which the quotes were published, where that isn't the date "
        "of the rate.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._get_companies_based()._follow_base_rate()
        return rates

    def write(self, vals):
        if not vals.keys() & (PLACE_FIELDS | RATE_FIELDS):
            return super().write(vals)
        moves = vals.keys() & PLACE_FIELDS
        companies = self._get_companies_based() if moves else self.env["res.company"]
        result = super().write(vals)
        (companies | self._get_companies_based())._follow_base_rate()
        return result

    def unlink(self):
        companies = self._get_companies_based()
        result = super().unlink()
        companies._follow_base_rate()
        return result

    def _get_companies_based(self):
        """The main companies for which one of these rates is their own currency's."""
        # sudo: a rate may be for companies that its author is not in
        rates = self.sudo()
        companies = rates.filtered(
            lambda rate: rate.currency_id == rate.company_id.currency_id
        ).company_id
        shared = rates.filtered(lambda rate: not rate.company_id).currency_id
        if shared:
            companies |= companies.with_context(active_test=False).search(
                [("currency_id", "in", shared.ids), ("parent_id", "=", False)]
            )
        return companies

    @api.model
    def _rebase(self, company):
        """Multiply the fetched rates of a company by its currency's rates as they are.

        :param company: root company
        """
        self.flush_model()
        fetched = self.env.execute_query(
            SQL(
                """SELECT DISTINCT name FROM res_currency_rate
                    WHERE company_id = %s AND fx_provider_id IS NOT NULL
                      AND fx_shared_rate_id IS NULL AND fx_base_rate > 0""",
                company.id,
            )
        )
        if not fetched:
            return
        days = [day for (day,) in fetched]
        technical = company.currency_id._get_technical_rates(company, days)
        self.env.cr.execute(
            SQL(
                """UPDATE res_currency_rate r
                      SET rate = r.rate / r.fx_base_rate * base.rate,
                          fx_base_rate = base.rate, write_uid = %s, write_date = %s
                     FROM unnest(%s::date[], %s::numeric[]) AS base (name, rate)
                    WHERE r.company_id = %s AND r.name = base.name
                      AND r.fx_provider_id IS NOT NULL
                      AND r.fx_shared_rate_id IS NULL
                      AND r.fx_base_rate > 0 AND r.fx_base_rate != base.rate""",
                self.env.uid,
                fields.Datetime.now(),
                list(technical),
                list(technical.values()),
                company.id,
            )
        )
        self._carry(company, min(days))
        self._invalidate_rates()

    @api.model
    def _carry(self, company, since):
        """Renew the carried rows of a company: one a currency and day of change.

        A day is left alone where its own or the newest earlier row was typed or repeats
        a typed one: that is a person's word, and Odoo's own way with it stays.

        :param company: root company
        :param since: first day with a fetched rate
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM res_currency_rate
                    WHERE company_id = %s AND fx_carried_from IS NOT NULL""",
                company.id,
            )
        )
        changes = self._get_base_changes(company, since)
        if not changes:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO res_currency_rate
                          (name, rate, currency_id, company_id, fx_provider_id,
                           fx_quoted, fx_base_rate, fx_carried_from,
                           create_uid, create_date, write_uid, write_date)
                   SELECT base.name, r.rate / r.fx_base_rate * base.rate, r.currency_id,
                          r.company_id, r.fx_provider_id,
                          r.fx_quoted || ' (' || r.name || ')', base.rate, r.name,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM unnest(%(days)s::date[], %(rates)s::numeric[])
                          AS base (name, rate)
                     JOIN LATERAL (
                            SELECT DISTINCT ON (currency_id) *
                              FROM res_currency_rate
                             WHERE company_id = %(company)s AND name <= base.name
                          ORDER BY currency_id, name DESC
                          ) r ON r.name < base.name
                    WHERE r.fx_provider_id IS NOT NULL
                      AND r.fx_shared_rate_id IS NULL AND r.fx_base_rate > 0""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                company=company.id,
                days=list(changes),
                rates=list(changes.values()),
            )
        )

    @api.model
    def _get_base_changes(self, company, since):
        """The days after ``since`` on which the company currency's own rate changes.

        Days to come are among them: no fetch is sure to run on the first of January.

        :return: {date: technical rate from that day on, as Decimal}
        """
        base = company.currency_id
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT name FROM res_currency_rate
                    WHERE currency_id = %s AND name > %s
                      AND (company_id = %s OR company_id IS NULL)
                 ORDER BY name""",
                base.id,
                since,
                company.id,
            )
        )
        one = timedelta(1)
        days = {day for (day,) in rows}
        technical = base._get_technical_rates(
            company, days | {day - one for day in days}
        )
        return {
            day: technical[day]
            for day in sorted(days)
            if technical[day] != technical[day - one]
        }
