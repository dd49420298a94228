import datetime
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, format_date

from ...engine import volatility
from ...engine.working_days import count_working_days

#: calendar days whose rates say how much a currency moves
VOLATILITY_DAYS = 365


class Spot(NamedTuple):
    """What Odoo's rate table says of one currency on one date.

    ``rate``: units of the currency for 1 unit of the company currency.
    ``date``: the day of the row that it comes from. ``source``: the provider's name,
    or in words that a person typed it, who and when; ``typist`` and ``typed_on`` are
    those two, None where it was published.
    """

    rate: float
    date: datetime.date
    source: str
    typist: str | None = None
    typed_on: datetime.date | None = None


class ResCurrency(models.Model):
    """What Odoo's rate table says of a currency, for one company on one day."""

    _inherit = "res.currency"

    rate_age_days = fields.Integer(
        string="Age of Rate",
        compute="_compute_rate_age",
        help="Days since the rate that Odoo converts with today. 0 too where there is "
        "none.",
        groups="base.group_user",
    )
    rate_is_stale = fields.Boolean(
        string="Rate Too Old",
        compute="_compute_rate_age",
        search="_search_rate_is_stale",
        help="There is no rate, or it is older than the company's limit of working "
        "days.",
        groups="base.group_user",
    )
    volatility = fields.Float(
        compute="_compute_volatility",
        help="How much the rate against the company currency moves in a year, by its "
        "movements of the last twelve months. 0 where there are too few rates.",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

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
        # Odoo asks for no right to a field that is searched by a method
        self._check_field_access(self._fields["rate_is_stale"], "read")
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
        series = known._find_recent_rates(self.env.company, VOLATILITY_DAYS)
        for currency in self:
            daily = volatility.daily(series.get(currency.id, {}))
            currency.volatility = volatility.annualised(daily) if daily else 0.0

    # === WHAT IS BOOKED === #

    def _find_spot(self, company, date=None):
        """Find the rates that Odoo converts with, where it really has one.

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
        for currency_id, rate, base_rate, day, *source in self.env.execute_query(query):
            if rate and base_rate:  # Odoo keeps rows without a rate, too
                spot = self._make_spot(company, rate / base_rate, day, *source)
                spots[currency_id] = spot
        return spots

    @api.model
    def _make_spot(self, company, rate, day, provider, person, typed_at):
        """Return a :class:`Spot`.

        :param company: ``res.company`` that converts with it
        :param rate: units of the currency for 1 unit of company currency
        :param day: date of the rate
        :param provider, person, typed_at: as for ``_name_source``
        """
        source = self._name_source(company, day, provider, person, typed_at)
        if provider:
            return Spot(rate, day, source)
        typed_on = typed_at and company._get_day_of(typed_at)
        return Spot(rate, day, source, person, typed_on or day)

    def _find_rate_days(self, company, date):
        """Know of rates that were carried over days without one, too: published on
        their own day."""
        foreign = self - company.sudo().currency_id  # sudo: as in the room below
        spots = foreign._find_spot(company, date) if foreign else {}
        return {currency_id: spot.date for currency_id, spot in spots.items()}

    @api.model
    def _name_source(self, company, day, provider, person, typed_at, always=False):
        """Say where a rate comes from: the name of its provider, or who typed it.

        :param company: ``res.company`` that converts with it: typed on a day of its
        :param day: date of the rate
        :param provider: name; None: a person typed it
        :param person: name of who did; None: nobody in particular
        :param typed_at: moment, in UTC
        :param bool always: name the day of typing also where it is that of the rate
        """
        if provider:
            return self.env["fx.rate.provider"]._say_publisher(provider)
        if not person:
            return self.env._("Typed by hand")
        typed_on = company._get_day_of(typed_at)
        if typed_on == day and not always:
            return self.env._("Typed by %(person)s", person=person)
        return self.env._(
            "Typed by %(person)s on %(day)s",
            person=person,
            day=format_date(self.env, typed_on),
        )

    @api.model
    def _name_spot(self, spot):
        """Say within a sentence where a rate comes from.

        :param spot: :class:`Spot`
        """
        if not spot.typed_on:
            return spot.source
        return self._name_typed(spot.date, spot.typist, spot.typed_on)

    @api.model
    def _name_spot_with_day(self, spot):
        """Say within a sentence where a rate comes from, and of which day it is.

        :param spot: :class:`Spot`
        """
        return self._name_with_day(
            self._name_spot(spot), spot.date, spot.typist and spot.typed_on
        )

    def _format_spot(self, spot, company):
        """Write a spot rate with its source and day: "1 USD = 7.1234 CNY (ECB,
        22 Nov 2026)", in the language of the environment.

        :param spot: :class:`Spot` of this currency
        :param company: ``res.company`` that converts with it
        """
        return self.env._(
            "%(rate)s (%(publisher)s)",
            rate=self._format_rate(spot.rate, company),
            publisher=self._name_spot_with_day(spot),
        )

    @api.model
    def _name_with_day(self, publisher, day, typed_on=None):
        """Return who published or typed a rate, with the day of the rate.

        :param publisher: as :meth:`_name_spot` names it
        :param day: date of the rate
        :param typed_on: date on which somebody known typed it, which the name says: two
            dates aren't left bare
        """
        terms = {"publisher": publisher, "date": format_date(self.env, day)}
        if typed_on and typed_on != day:
            return self.env._("%(publisher)s, for %(date)s", **terms)
        return self.env._("%(publisher)s, %(date)s", **terms)

    @api.model
    def _name_typed(self, day, person, typed_on):
        """Say within a sentence who typed a rate, and on which day if that isn't the
        day of the rate.

        :param day: date of the rate
        :param person: name of who did; None: nobody in particular
        :param typed_on: date
        """
        if not person:
            return self.env._("typed by hand")
        if typed_on == day:
            return self.env._("typed by %(person)s", person=person)
        return self.env._(
            "typed by %(person)s on %(day)s",
            person=person,
            day=format_date(self.env, typed_on),
        )

    @classmethod
    def _spot_query(cls, currencies, base, root, date):
        """Return SQL of rows (currency id, technical rate, that of the company
        currency, day, provider's name or NULL: a person typed it, that person's name,
        when).

        Each look-up ends on the index (company_id, currency_id, name), however many
        years the table holds.
        """

        own, shared = SQL("= %s", root.id), SQL("IS NULL")
        until, newest, oldest = SQL("AND r.name <= %s", date), SQL("DESC"), SQL("ASC")
        upto = (own, until, newest), (shared, until, newest)
        later = (own, SQL(), oldest), (shared, SQL(), oldest)
        return SQL(
            """SELECT c.id, spot.rate,
                      COALESCE((SELECT rate FROM (%s) b ORDER BY place LIMIT 1), 1.0),
                      spot.name,
                      CASE WHEN spot.fx_shared_rate_id IS NULL THEN p.name END,
                      person.name, COALESCE(shared.write_date, spot.write_date)
                 FROM res_currency c
                 JOIN LATERAL (%s ORDER BY place LIMIT 1) spot ON TRUE
            LEFT JOIN fx_rate_provider p ON p.id = spot.fx_provider_id
            LEFT JOIN res_currency_rate shared ON shared.id = spot.fx_shared_rate_id
                   %s
                WHERE c.id IN %s""",
            cls._select_first(base.id, *upto, *later),
            cls._select_first(SQL("c.id"), *upto),
            cls._join_typist(SQL("COALESCE(shared.write_uid, spot.write_uid)")),
            tuple(currencies.ids),
        )

    @staticmethod
    def _select_first(currency, *places):
        """Return SQL of the row of the first place that has one.

        :param currency: SQL
        :param places: SQL of (whose, dates, order)
        """
        return SQL(" UNION ALL ").join(
            SQL(
                """(SELECT %s AS place, r.rate,
                           COALESCE(r.fx_carried_from, r.name) AS name,
                           r.fx_provider_id, r.fx_shared_rate_id, r.write_uid,
                           r.write_date
                      FROM res_currency_rate r
                     WHERE r.currency_id = %s AND r.company_id %s %s
                  ORDER BY r.name %s LIMIT 1)""",
                place,
                currency,
                *parts,
            )
            for place, parts in enumerate(places)
        )

    @classmethod
    def _get_spot_sql(cls, currency, base, root, date):
        """Return the spot of a day, as :meth:`_find_spot` finds it: for who asks for
        many days at once.

        :param SQL currency, base, root, date: of the row: whose rate, the company's
            currency, the company at the top, the day
        :return: SQL of units of the currency for 1 unit of company currency; NULL
            where none is known
        """
        own, shared = SQL("= %s", root), SQL("IS NULL")
        until, newest, oldest = SQL("AND r.name <= %s", date), SQL("DESC"), SQL("ASC")
        upto = (own, until, newest), (shared, until, newest)
        later = (own, SQL(), oldest), (shared, SQL(), oldest)
        return SQL(
            """((SELECT rate FROM (%s) t ORDER BY place LIMIT 1)
                / COALESCE((SELECT rate FROM (%s) b ORDER BY place LIMIT 1), 1.0))""",
            cls._select_first(currency, *upto),
            cls._select_first(base, *upto, *later),
        )

    @staticmethod
    def _join_typist(uid):
        """Return SQL that joins ``person``: who has this id as a user; nobody for the
        server itself.

        :param uid: SQL
        """
        return SQL(
            """LEFT JOIN res_users typist ON typist.id = %s AND typist.id != %s
               LEFT JOIN res_partner person ON person.id = typist.partner_id""",
            uid,
            SUPERUSER_ID,
        )

    def _get_technical_rates(self, company, days):
        """Return the technical rate of one currency on many days, exactly as stored.

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
                      AND rate IS NOT NULL
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

    def _find_recent_rates(self, company, days):
        """Find the rates of the last days as they count for a company: two queries.

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
                      AND r.fx_carried_from IS NULL AND r.rate IS NOT NULL
                      AND (r.company_id = %(root)s
                           OR r.company_id IS NULL AND NOT EXISTS (
                                SELECT FROM res_currency_rate o
                                 WHERE o.company_id = %(root)s
                                   AND o.currency_id = r.currency_id
                                   AND o.name <= r.name))""",
                currencies=tuple(foreign.ids),
                since=today - datetime.timedelta(days),
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

    # === WHETHER IT IS FRESH === #

    def _find_fresh(self, company, date=None):
        """Find the rates that are there and fresh, and what is wrong with the others.

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
        """Filter the currencies that have no fresh rate.

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
        """Say what Odoo does with currencies that have no rate by ``date``.

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
        """Find the oldest rate's day, to which Odoo falls back: the root company's
        own, else a shared one.

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

    # === RATES BY NAME === #

    def _find_named(self, company, kind, date=None, date_from=None):
        """Find rates by name: the newest of one kind on or before a date.

        A typed rate comes before a provider's of the same date, and an earlier
        provider before a later one. Kinds never stand in for each other: a currency
        without a rate of this kind is absent.

        :param company: res.company (a branch reads its root's)
        :param kind: as ``fx.rate.named.kind``
        :param date: date, or today where the company is
        :param date_from: leave older rates out
        :return: {currency id: :class:`Spot`}
        """
        date = fields.Date.to_date(date) or company._get_today()
        if not self:
            return {}
        self.env["fx.rate.named"].flush_model()
        # sudo: a branch's user may not read its root company
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (n.currency_id) n.currency_id, n.rate::float,
                          n.date, p.name, person.name, n.write_date
                     FROM fx_rate_named n
                LEFT JOIN fx_rate_provider p ON p.id = n.provider_id
                       %s
                    WHERE n.company_id = %s AND n.kind = %s AND n.currency_id IN %s
                      AND n.date <= %s AND (%s::date IS NULL OR n.date >= %s)
                 ORDER BY n.currency_id, n.date DESC, p.id IS NOT NULL, p.sequence,
                          p.id""",
                self._join_typist(SQL("n.write_uid")),
                company.sudo().root_id.id,
                kind,
                tuple(self.ids),
                date,
                date_from,
                date_from,
            )
        )
        return {
            currency_id: self._make_spot(company, rate, day, *source)
            for currency_id, rate, day, *source in rows
        }

    def _find_budget(self, company, date):
        """Find the budget rates of the year in which a day is.

        :param company: res.company; its fiscal year decides what "the year" is
        :param date: a day; what was named later doesn't count
        :return: {currency id: :class:`Spot`}; the company's own currency has 1
        """
        date = fields.Date.to_date(date)
        # sudo: a branch's user may not read its root company
        root = company.sudo().root_id
        year = root.compute_fiscalyear_dates(date)
        own = self & root.currency_id
        return {
            **own._find_spot(company, date),
            **self._find_named(company, "budget", date, year["date_from"]),
        }

    def _find_constant(self, company, date):
        """Find the constant rates of reports: the year's budget rate, else the end's.

        :param company: res.company; its fiscal year decides what "the year" is
        :param date: the period's last day
        :return: {currency id: :class:`Spot`}
        """
        return {
            **self._find_spot(company, date),
            **self._find_budget(company, date),
        }
