from odoo import models
from odoo.tools import SQL

from ...engine.volatility import FEWEST_RETURNS, YEAR
from .res_currency_age import VOLATILITY_DAYS

#: how far back the trend looks
TREND_DAYS = 30
#: ids of rows: company id × this + currency id
ID_FACTOR = 10_000


class FxRateStatus(models.Model):
    """The query behind the status.

    Every look-up in the rate table ends on its index (company_id, currency_id, name),
    so that years of rates cost nothing, and a column that isn't asked for isn't
    computed.
    """

    _inherit = "fx.rate.status"

    @property
    def _table_query(self):
        today = self.env.company._get_today()
        spot_base = self._base_on(today)
        past = SQL("spot.name - %s", TREND_DAYS)
        return SQL(
            """SELECT co.id * %(factor)s + cu.id AS id, co.id AS company_id,
                      cu.id AS currency_id, co.currency_id AS company_currency_id,
                      spot.rate / %(base)s AS rate,
                      %(base)s / spot.rate AS inverse_rate,
                      spot.fx_provider_id AS provider_id,
                      spot.rate IS NOT NULL AND spot.fx_provider_id IS NULL
                          AS is_manual,
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
            base=spot_base,
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
        """A row that repeats a shared rate is a typed one, and says so."""
        return SQL(
            """f.rate, COALESCE(f.fx_carried_from, f.name) AS name, f.fx_kind,
               f.fx_quoted, f.fx_unconfirmed,
               CASE WHEN f.fx_shared_rate_id IS NULL THEN f.fx_provider_id END
                   AS fx_provider_id"""
        )

    @staticmethod
    def _row_on(day, columns, currency=None):
        """The row that Odoo converts with on a day: the company's newest own, else
        the newest shared one."""
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
        """The technical rate of the company currency on a day, as Odoo takes it: of
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
        """As ``engine.working_days`` counts: Mondays to Fridays after ``column``."""

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
        """The next run of the rate's provider, else of the first one that is to bring
        this currency into the books."""
        return SQL(
            """SELECT p.next_run FROM fx_rate_provider p
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
                LIMIT 1"""
        )

    @classmethod
    def _volatility_query(cls, today):
        """As ``engine.volatility`` has it: the sample standard deviation of the daily
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
