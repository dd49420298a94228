import datetime
from bisect import bisect_right
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL


class Spot(NamedTuple):
    """What Odoo's rate table says of one currency on one date.

    ``rate``: units of the currency for 1 unit of the company currency.
    ``date``: the day of the row that it comes from. ``source``: the provider's name,
    or a translated word for a rate that a person typed.
    """

    rate: float
    date: datetime.date
    source: str


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _find_spot(self, company, date=None):
        """The rates that Odoo converts with, where it really has one.

        A currency without a row on or before ``date`` is absent: Odoo would convert
        it at a later rate, or at 1.0. As in core's ``_get_rates``, rows of the root
        company hide shared rows, and the company currency's own technical rate is
        divided out. One query for any number of currencies.

        :param company: res.company (a branch reads its root's rates)
        :param date: date, or today where the company is
        :return: {currency id: :class:`Spot`}
        """
        date = fields.Date.to_date(date) or company._get_today()
        # sudo: a branch's user may not read its root company
        base = company.sudo().currency_id
        spots = {}
        if base in self:
            spots[base.id] = Spot(1.0, date, self.env._("Company currency"))
        foreign = self - base
        if not foreign:
            return spots
        self.env["res.currency.rate"].flush_model()
        self.env["fx.rate.provider"].flush_model(["name"])
        query = self._spot_query(foreign, base, company.sudo().root_id, date)
        for currency_id, rate, base_rate, day, source in self.env.execute_query(query):
            source = source or self.env._("Manual rate")
            spots[currency_id] = Spot(rate / base_rate, day, source)
        return spots

    @staticmethod
    def _spot_query(currencies, base, root, date):
        """Rows (currency id, technical rate, that of the company currency, day,
        provider's name or NULL). A row that repeats a shared one is a typed rate.

        Each look-up ends on the index (company_id, currency_id, name), however many
        years the table holds.
        """

        def first_of(currency, *places):
            """The row of the first place that has one: (whose, dates, order)."""
            return SQL(" UNION ALL ").join(
                SQL(
                    """(SELECT %s AS place, r.rate,
                               COALESCE(r.fx_carried_from, r.name) AS name,
                               r.fx_provider_id, r.fx_shared_rate_id
                          FROM res_currency_rate r
                         WHERE r.currency_id = %s AND r.company_id %s %s
                      ORDER BY r.name %s LIMIT 1)""",
                    place,
                    currency,
                    *parts,
                )
                for place, parts in enumerate(places)
            )

        own, shared = SQL("= %s", root.id), SQL("IS NULL")
        until, newest, oldest = SQL("AND r.name <= %s", date), SQL("DESC"), SQL("ASC")
        upto = (own, until, newest), (shared, until, newest)
        later = (own, SQL(), oldest), (shared, SQL(), oldest)
        return SQL(
            """SELECT c.id, spot.rate,
                      COALESCE((SELECT rate FROM (%s) b ORDER BY place LIMIT 1), 1.0),
                      spot.name,
                      CASE WHEN spot.fx_shared_rate_id IS NULL THEN p.name END
                 FROM res_currency c
                 JOIN LATERAL (%s ORDER BY place LIMIT 1) spot ON TRUE
            LEFT JOIN fx_rate_provider p ON p.id = spot.fx_provider_id
                WHERE c.id IN %s""",
            first_of(base.id, *upto, *later),
            first_of(SQL("c.id"), *upto),
            tuple(currencies.ids),
        )

    def _get_technical_rates(self, company, days):
        """The technical rate of one currency on many days, exactly as stored.

        The same row that core's ``_get_rates`` picks: the newest of the root company
        on or before the day, else the newest shared one, else the oldest of either,
        else 1. One query for any number of days.

        :param company: res.company
        :param days: iterable of dates
        :return: {date: Decimal}
        """
        self.ensure_one()
        self.env["res.currency.rate"].flush_model(
            ["name", "rate", "currency_id", "company_id"]
        )
        # as text: the cursor reads numeric columns as floats
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id IS NULL, name, rate::text FROM res_currency_rate
                    WHERE currency_id = %s AND (company_id = %s OR company_id IS NULL)
                 ORDER BY name""",
                self.id,
                company.root_id.id,
            )
        )
        tables = [
            [
                (day, Decimal(rate))
                for is_shared, day, rate in rows
                if is_shared == shared
            ]
            for shared in (False, True)
        ]
        oldest = next((table[0][1] for table in tables if table), Decimal(1))

        def on(day):
            for table in tables:
                position = bisect_right(table, day, key=lambda entry: entry[0])
                if position:
                    return table[position - 1][1]
            return oldest

        return {day: on(day) for day in days}
