from odoo import fields, models
from odoo.tools import SQL, format_date

from ...engine.working_days import count_working_days


class ResCurrency(models.Model):
    """Whether Odoo has a rate to convert with that deserves the name."""

    _inherit = "res.currency"

    def _find_fresh(self, company, date=None):
        """The rates of ``self`` that are there and fresh, and what is wrong with the
        others.

        A rate is fresh if no more working days than the company's limit lie between
        its own date and ``date``; for a day to come, between its own date and today.
        The company currency needs no rate and is fresh. One query, and a second one
        if a currency has no rate at all on or before ``date``.

        :param company: res.company (a branch reads its root's rates and limit)
        :param date: date, or today where the company is
        :return: ({currency id: ``Spot``}, {currency id: sentence}); each currency is
            in one of the two
        """
        today = company._get_today()
        date = fields.Date.to_date(date) or today
        spots = self._find_spot(company, date)
        stale = self._filter_stale(spots, company, date)
        sentences = stale._explain_stale(spots, company, date)
        fresh = {
            currency.id: spots[currency.id]
            for currency in self
            if currency not in stale
        }
        return fresh, sentences

    def _filter_stale(self, spots, company=None, date=None):
        """Those of ``self`` that have no fresh rate.

        :param spots: {currency id: ``Spot``} on ``date``
        :param company: res.company, or the current one
        :param date: date, or today where the company is
        """
        company = company or self.env.company
        # sudo: a customer who signs may not read the company
        limit = company.sudo().root_id.rate_max_age
        # for a day to come there can't be a newer rate than today's
        today = company._get_today()
        date = min(date or today, today)
        return self.filtered(
            lambda currency: (
                not (spot := spots.get(currency.id))
                or count_working_days(spot.date, date) > limit
            )
        )

    def _explain_stale(self, spots, company, date):
        """Say what Odoo does without a fresh rate, and what to do about it.

        :return: {currency id: sentence}
        """
        missing = self.filtered(lambda currency: currency.id not in spots)
        sentences = missing._explain_missing(company, date)
        newest = min(date, company._get_today())
        for currency in self - missing:
            published = spots[currency.id].date
            # sudo: a branch's user may not read its main company
            sentences[currency.id] = self.env._(
                "The newest rate of %(currency)s on %(date)s is of %(published)s, "
                "%(age)s working days old, where %(limit)s are allowed: Odoo converts "
                "at it all the same. Fetch or enter a newer rate.",
                currency=currency.name,
                date=format_date(self.env, date),
                published=format_date(self.env, published),
                age=count_working_days(published, newest),
                limit=company.sudo().root_id.rate_max_age,
            )
        return sentences

    def _explain_missing(self, company, date):
        """What Odoo does with currencies that have no rate on or before ``date``.

        :return: {currency id: sentence}
        """
        if not self:
            return {}
        later = self._find_first_rates(company)
        sentences = {}
        for currency in self:
            # sudo: a branch's user may not read its main company
            terms = {
                "currency": currency.name,
                "date": format_date(self.env, date),
                "company": company.sudo().currency_id.name,
            }
            if first := later.get(currency.id):
                sentences[currency.id] = self.env._(
                    "There is no rate of %(currency)s on or before %(date)s: Odoo "
                    "converts at the later one of %(first)s. Fetch or enter a rate "
                    "for that day.",
                    first=format_date(self.env, first),
                    **terms,
                )
            else:
                sentences[currency.id] = self.env._(
                    "There is no rate of %(currency)s on or before %(date)s: Odoo "
                    "converts 1 %(company)s to 1 %(currency)s. Fetch or enter a rate "
                    "for that day.",
                    **terms,
                )
        return sentences

    def _find_first_rates(self, company):
        """The day of the oldest rate that counts for the company, as Odoo falls back
        on it: its root's own, else a shared one.

        :return: {currency id: date}
        """
        # sudo: a branch's user may not read its main company
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_id,
                          COALESCE(min(name) FILTER (WHERE company_id IS NOT NULL),
                                   min(name))
                     FROM res_currency_rate
                    WHERE currency_id IN %s
                      AND (company_id = %s OR company_id IS NULL)
                 GROUP BY currency_id""",
                tuple(self.ids),
                company.sudo().root_id.id,
            )
        )
        return dict(rows)
