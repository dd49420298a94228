from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...engine.volatility import FEWEST_RETURNS, YEAR
from .res_currency import VOLATILITY_DAYS

#: how far back the trend looks
TREND_DAYS = 30
#: a fetch planned this much later than its interval says was put off by somebody
PUT_OFF = timedelta(14)
#: ids of rows: company id × this + currency id
ID_FACTOR = 10_000


class FxRateStatus(models.Model):
    """What each main company knows of each foreign currency today.

    A query, no table: nothing has to be kept up to date. Every look-up in the rate
    table ends on its index (company_id, currency_id, name), so that years of rates cost
    nothing, and a column that isn't asked for isn't computed.
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
            "interval_number",
            "interval_type",
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
            "write_date",
            "write_uid",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    rate_text = fields.Char(
        string="Today's Rate",
        compute="_compute_rate_text",
        help="As Odoo converts today.",
    )
    rate = fields.Float(
        string="Units per Company Currency",
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
    typed_by = fields.Many2one("res.users", readonly=True)
    typed_on = fields.Datetime(readonly=True)
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
        string="To Review",
        readonly=True,
        help="Rates that wait for somebody to accept or reject them.",
    )
    next_expected = fields.Datetime(
        readonly=True,
        help="When the provider is asked next: the one of the rate, or the first one "
        "that serves the company with this currency. Empty where it was put off.",
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
    source = fields.Char(
        compute="_compute_source", help="Who published this rate, or who typed it."
    )
    trend = fields.Json(
        compute="_compute_trend",
        help="What 1 unit of the currency cost on the days of the last 30 that have a "
        "rate.",
    )

    # === COMPUTE METHODS === #

    @api.depends("currency_id", "company_id", "rate")
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for status in self:
            status.rate_text = status.currency_id._format_rate(
                status.rate, status.company_id
            )

    @api.depends(
        "company_id", "date", "is_manual", "provider_id", "typed_by", "typed_on"
    )
    @api.depends_context("lang")
    def _compute_source(self):
        for status in self:
            if not status.date:
                status.source = self.env._("No rate")
                continue
            # sudo: a provider may have stopped serving the user's companies
            known = status.sudo()
            status.source = status.currency_id._name_source(
                status.company_id,
                status.date,
                known.provider_id.name,
                known.typed_by.id != SUPERUSER_ID and known.typed_by.name,
                status.typed_on,
                always=True,
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
        """Return rows (currency id, day, technical rate): the company's own, and the
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

    # === ACTIONS === #

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

    # === THE QUERY === #

    @property
    def _table_query(self):
        today = self.env.company._get_today()
        past = SQL("spot.name - %s", TREND_DAYS)
        return SQL(
            """SELECT co.id * %(factor)s + cu.id AS id, co.id AS company_id,
                      cu.id AS currency_id, co.currency_id AS company_currency_id,
                      spot.rate / %(base)s AS rate,
                      %(base)s / spot.rate AS inverse_rate,
                      spot.fx_provider_id AS provider_id,
                      spot.rate IS NOT NULL AND spot.fx_provider_id IS NULL
                          AS is_manual,
                      spot.typed_by, spot.typed_on,
                      spot.fx_kind AS kind, spot.fx_quoted AS quoted, spot.name AS date,
                      %(today)s - spot.name AS age_days,
                      spot.name IS NULL OR %(working_days)s > co.rate_max_age
                          AS is_stale,
                      COALESCE(spot.fx_unconfirmed, FALSE) AS is_unconfirmed,
                      (%(held)s) AS held_count, (%(next_run)s) AS next_expected,
                      (%(past_rate)s) / %(past_base)s / (spot.rate / %(base)s) - 1
                          AS change_30_days,
                      (%(volatility)s) AS volatility
                 FROM res_company co
                 JOIN res_currency cu ON cu.active AND cu.id != co.currency_id
            LEFT JOIN LATERAL (%(spot)s) spot ON TRUE
                WHERE co.parent_id IS NULL AND co.active""",
            factor=ID_FACTOR,
            base=self._base_on(today),
            today=today,
            working_days=self._working_days("spot.name", today),
            held=self._held_query(),
            next_run=self._next_run_query(),
            past_rate=self._row_on(past, SQL("f.rate")),
            past_base=self._base_on(past),
            volatility=self._volatility_query(today),
            spot=self._row_on(today, self._spot_columns()),
        )

    @staticmethod
    def _spot_columns():
        """Return the columns of a spot; a row that repeats a shared rate is typed, by
        whoever typed that one."""

        def typed(column):
            return SQL(
                """CASE WHEN f.fx_provider_id IS NULL THEN f.%(column)s
                        WHEN f.fx_shared_rate_id IS NOT NULL
                        THEN (SELECT s.%(column)s FROM res_currency_rate s
                               WHERE s.id = f.fx_shared_rate_id) END""",
                column=SQL.identifier(column),
            )

        return SQL(
            """f.rate, COALESCE(f.fx_carried_from, f.name) AS name, f.fx_kind,
               f.fx_quoted, f.fx_unconfirmed,
               CASE WHEN f.fx_shared_rate_id IS NULL THEN f.fx_provider_id END
                   AS fx_provider_id, %s AS typed_by, %s AS typed_on""",
            typed("write_uid"),
            typed("write_date"),
        )

    @staticmethod
    def _row_on(day, columns, currency=None):
        """Return the row that Odoo converts with on a day: the company's newest own,
        else the newest shared one."""
        currency = currency or SQL("cu.id")
        places = SQL(" UNION ALL ").join(
            SQL(
                """(SELECT %s AS place, r.* FROM res_currency_rate r
                     WHERE r.currency_id = %s AND r.company_id %s AND r.name <= %s
                  ORDER BY r.name DESC LIMIT 1)""",
                place,
                currency,
                company,
                day,
            )
            for place, company in enumerate((SQL("= co.id"), SQL("IS NULL")))
        )
        return SQL("SELECT %s FROM (%s) f ORDER BY f.place LIMIT 1", columns, places)

    @classmethod
    def _base_on(cls, day):
        """Return the company currency's technical rate on a day, as Odoo takes it: of
        that day, else the oldest one, else 1."""
        currency = SQL("co.currency_id")
        oldest = SQL(" UNION ALL ").join(
            SQL(
                """(SELECT %s AS place, r.rate FROM res_currency_rate r
                     WHERE r.currency_id = %s AND r.company_id %s
                  ORDER BY r.name LIMIT 1)""",
                place,
                currency,
                company,
            )
            for place, company in enumerate((SQL("= co.id"), SQL("IS NULL")))
        )
        return SQL(
            """COALESCE((%s), (SELECT o.rate FROM (%s) o ORDER BY o.place LIMIT 1), 1)
               ::float8""",
            cls._row_on(day, SQL("f.rate"), currency),
            oldest,
        )

    @staticmethod
    def _working_days(column, today):
        """Count as ``engine.working_days``: Mondays to Fridays after ``column``."""

        def since_day_one(day):
            days = SQL("(%s - DATE '0001-01-01')", day)
            return SQL("(%s / 7 * 5 + LEAST(%s %% 7 + 1, 5))", days, days)

        start, end = SQL.identifier(*column.split(".")), SQL("%s::date", today)
        return SQL("%s - %s", since_day_one(end), since_day_one(start))

    @staticmethod
    def _held_query():
        return SQL(
            """SELECT count(*)::int FROM fx_rate_hold h
                WHERE h.company_id = co.id AND h.currency_id = cu.id
                  AND h.state = 'pending'"""
        )

    @staticmethod
    def _next_run_query():
        """Return the next run of the rate's provider, else of the first one that is to
        bring this currency into the books; nothing for one that is put off: no rate is
        expected of it."""
        return SQL(
            """SELECT CASE WHEN p.next_run < %s + p.interval_number
                                             * ('1 ' || p.interval_type)::interval
                           THEN p.next_run END
                 FROM fx_rate_provider p
                WHERE p.active AND p.purpose = 'booking'
                  AND EXISTS (SELECT FROM fx_rate_provider_res_company_rel s
                                JOIN res_company b ON b.id = s.res_company_id
                               WHERE s.fx_rate_provider_id = p.id
                                 AND (b.id = co.id
                                      OR starts_with(b.parent_path, co.id || '/')))
                  AND (NOT EXISTS (SELECT FROM fx_rate_provider_res_currency_rel a
                                    WHERE a.fx_rate_provider_id = p.id)
                       OR EXISTS (SELECT FROM fx_rate_provider_res_currency_rel a
                                   WHERE a.fx_rate_provider_id = p.id
                                     AND a.res_currency_id = cu.id))
             ORDER BY (p.id IS NOT DISTINCT FROM spot.fx_provider_id) DESC,
                      p.sequence, p.id
                LIMIT 1""",
            fields.Datetime.now() + PUT_OFF,
        )

    @classmethod
    def _volatility_query(cls, today):
        """Compute as ``engine.volatility``: the sample standard deviation of the daily
        returns of a year, brought to a year of 252 days."""
        return SQL(
            """SELECT CASE WHEN count(d.change) >= %(fewest)s
                           THEN stddev_samp(d.change) * sqrt(%(year)s) END
                 FROM (SELECT ln(v.rate / lag(v.rate) OVER days)
                                  / sqrt(v.name - lag(v.name) OVER days) AS change
                         FROM (SELECT r.name,
                                      r.rate::float8
                                      / CASE WHEN r.fx_base_rate > 0 THEN r.fx_base_rate
                                             ELSE %(base)s END::float8 AS rate
                                 FROM res_currency_rate r
                                WHERE r.currency_id = cu.id
                                  AND r.name > %(today)s::date - %(days)s
                                  AND r.name <= %(today)s
                                  AND r.fx_carried_from IS NULL
                                  AND (r.company_id = co.id
                                       OR r.company_id IS NULL AND NOT EXISTS (
                                            SELECT FROM res_currency_rate o
                                             WHERE o.company_id = co.id
                                               AND o.currency_id = cu.id
                                               AND o.name <= r.name))
                              ) v
                       WINDOW days AS (ORDER BY v.name)
                      ) d""",
            fewest=FEWEST_RETURNS,
            year=YEAR,
            base=cls._base_on(SQL("r.name")),
            today=today,
            days=VOLATILITY_DAYS,
        )
