import math
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine import credit_statistics as statistics
from ...engine.credit_scores import Ceiling, Factor, assess, suggest_limit
from .credit_scorecard import BEHAVIOUR

#: Value of the factor "limit used" where the limit is 0 and something is owed.
NO_LIMIT_LEFT = 1_000_000.0
#: Trading days of a year: from an annual volatility to that of a day.
TRADING_DAYS = 252
#: How far back rates are read: 250 trading days, and holidays.
RATE_DAYS = 420


class CreditFacts(NamedTuple):
    """What is known of one customer when it is scored."""

    exposure: object  # CustomerExposure
    behaviour: object  # CustomerBehaviour
    line: object  # CreditLine or None
    country_id: int | bool
    on_hold: bool  # by hand; what a rule holds is decided with the grade
    at_risk: tuple  # (plain, exponentially weighted) in company currency, or Nones


class CreditScoring(models.AbstractModel):
    """From facts to factors, ceilings, score and grade of one customer; no queries."""

    _name = "credit.scoring"
    _description = "Credit Scoring"

    @api.model
    def _measure(self, scope, facts):
        """:return: {factor: value or None}, see ``credit.rule``"""
        exposure, behaviour = facts.exposure, facts.behaviour
        limit, company_currency = self._get_limit(facts), scope.company.currency_id.id
        late = exposure.overdue(company_currency, limit=limit) > 0
        return {
            "lateness": behaviour.get_lateness(with_open=late),
            "overdue_share": exposure.overdue_share(company_currency, limit),
            "limit_use": self._get_limit_use(facts),
            "dso_beyond_terms": behaviour.get_dso_beyond_terms(scope.today),
            "relation": statistics.years_since(behaviour.first_invoice, scope.today),
            "trend": behaviour.get_trend(exposure.rates, company_currency),
            "incidents": float(behaviour.disputes),
            "currency": self._get_currency_risk(scope, facts),
        }

    @staticmethod
    def _get_limit(facts):
        """:return: (Decimal amount, currency id) or None"""
        line = facts.line
        return (Decimal(str(line.amount)), line.currency.id) if line else None

    def _get_limit_use(self, facts):
        limit = self._get_limit(facts)
        if not limit:
            return None
        exposure = facts.exposure.total(limit[1])
        if exposure <= 0:
            return 0.0
        return float(exposure / limit[0]) if limit[0] else NO_LIMIT_LEFT

    def _get_currency_risk(self, scope, facts):
        limit = self._get_limit(facts)
        at_risk = [amount for amount in facts.at_risk if amount is not None]
        if not limit or not at_risk:
            return None
        rate = facts.exposure.rates.convert(limit[1], scope.company.currency_id.id)
        if not limit[0] or rate is None:
            return None
        return max(at_risk) / float(limit[0] * rate)

    @api.model
    def _judge(self, scope, facts, values, bands, peers):
        """:param values: as :meth:`_measure` gives them
        :param bands: {factor: (weight, bands)} of the scorecard
        :param peers: {(country's id or False, factor): points}
        :return: ``engine.credit_scores.Assessment``
        """
        factors = self._list_factors(facts, values, bands, peers)
        return assess(
            factors,
            facts.behaviour.settled,
            scope.policy._get_thresholds(),
            self._list_ceilings(scope, facts),
        )

    def _list_factors(self, facts, values, bands, peers, without=()):
        return [
            Factor(
                code, weight, values[code], points, self._get_peer(facts, code, peers)
            )
            for code, (weight, points) in bands.items()
            if code not in without
        ]

    @staticmethod
    def _get_peer(facts, code, peers):
        if code not in BEHAVIOUR:
            return None
        return peers.get((facts.country_id, code), peers.get((False, code)))

    def _list_ceilings(self, scope, facts):
        """Why the grade may be no better, above a materiality."""
        currency, limit = scope.company.currency_id.id, self._get_limit(facts)
        ceilings = []
        for days, grade in ((30, "c"), (90, "e")):
            if facts.exposure.overdue(currency, days, limit) > 0:
                ceilings.append(Ceiling(f"overdue_{days}", grade))
        if facts.behaviour.written_off > scope.policy.overdue_floor:
            ceilings.append(Ceiling("written_off", "e"))
        if facts.on_hold:
            ceilings.append(Ceiling("on_hold", "e"))
        return ceilings

    def _find_hold_reason(self, scope, facts, grade):
        """Why a rule of the policy holds this customer; False: none does.

        :param grade: without the hold itself, which would never be cured otherwise
        """
        policy = scope.policy
        late = policy.hold_overdue_days
        own, limit = scope.company.currency_id, self._get_limit(facts)
        if late and (overdue := facts.exposure.overdue(own.id, late, limit)) > 0:
            return self.env._(
                "%(amount)s is more than %(days)s days overdue.",
                amount=own.format(own.round(float(overdue))),
                days=late,
            )
        if policy.hold_grade and grade >= policy.hold_grade:
            return self.env._("Its grade is %s.", grade.upper())
        return False

    @api.model
    def _suggest(self, scope, facts, values, bands, peers):
        """A limit from grade × average monthly sales, the score taken without the use
        of today's limit.

        :return: Decimal in company currency
        """
        policy, currency = scope.policy, scope.company.currency_id
        factors = self._list_factors(facts, values, bands, peers, {"limit_use"})
        outcome = assess(
            factors,
            facts.behaviour.settled,
            policy._get_thresholds(),
            self._list_ceilings(scope, facts),
        )
        return suggest_limit(
            facts.behaviour.get_monthly_sales(
                facts.exposure.rates, currency.id, scope.today
            ),
            Decimal(str(policy._get_months(outcome.grade))),
            Decimal(str(policy.limit_step)),
            Decimal(str(policy.limit_cap)) if policy.limit_cap > 0 else None,
        )


class CurrencyRisk:
    """Value at risk of exposures in several currencies: what one unit of a currency
    may cost is computed once, since the figure grows with the amount."""

    def __init__(self, rates, series, floor):
        self._rates = rates  # CreditRates
        self._series = series  # {currency id: {day: rate}}
        self._floor = floor  # standard deviation of a day
        self._units = {}

    def at_risk(self, exposure, company_currency_id):
        """:return: (plain, exponentially weighted), company currency; None: unknown"""
        held = {}
        for currency_id, amount in exposure.by_currency().items():
            if currency_id != company_currency_id and amount > 0:
                rate = self._rates.convert(currency_id, company_currency_id)
                held[currency_id] = float(amount * (rate or 0))
        if not held:
            return 0.0, 0.0
        if not held.keys() <= self._series.keys():
            return None, None
        if len(held) == 1:
            [(currency_id, amount)] = held.items()
            unit = self._units.get(currency_id)
            if unit is None:
                unit = self._units[currency_id] = self._compute({currency_id: 1.0})
            return tuple(None if u is None else u * amount for u in unit)
        return self._compute(held)

    def _compute(self, held):
        returns = statistics.aligned_returns({cid: self._series[cid] for cid in held})
        floors = dict.fromkeys(held, self._floor)
        return tuple(
            statistics.value_at_risk(held, returns, floors, decay)
            for decay in (None, statistics.DECAY)
        )


class CreditExposure(models.AbstractModel):
    _inherit = "credit.exposure"

    @api.model
    def _get_currency_risk(self, scope, rates):
        """:return: :class:`CurrencyRisk` of a scope's company: one query"""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (r.currency_id, r.name)
                          r.currency_id, r.name, r.rate::float
                     FROM res_currency_rate r
                    WHERE r.name > %s AND r.name <= %s AND r.rate > 0
                      AND r.currency_id = ANY(%s)
                      AND (r.company_id = %s OR r.company_id IS NULL)
                 ORDER BY r.currency_id, r.name, r.company_id NULLS LAST""",
                scope.today - timedelta(days=RATE_DAYS),
                scope.today,
                list(rates.rates),
                scope.company.id,
            )
        )
        series = {}
        for currency_id, day, rate in rows:
            series.setdefault(currency_id, {})[day] = rate
        floor = scope.policy.volatility_floor / math.sqrt(TRADING_DAYS)
        return CurrencyRisk(rates, series, floor)
