import math
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models

from ...engine import credit_statistics as statistics
from ...engine.credit_scores import (
    Ceiling,
    Factor,
    assess,
    conclude,
    find_grade_without,
    suggest_limit,
)
from .credit_scorecard import BEHAVIOUR

#: Value of the factor "limit used" where the limit is 0 and something is owed.
NO_LIMIT_LEFT = 1_000_000.0
#: Decimals of a factor's value.
VALUE_DIGITS = 6
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
        """:return: {factor: value or None}, see ``credit.rule``; rounded, so that five
        days late by every invoice are no 5.000…1, which another band holds"""
        exposure, behaviour = facts.exposure, facts.behaviour
        limit, company_currency = self._get_limit(facts), scope.currency_id
        values = {
            "lateness": self._get_lateness(facts, limit),
            "overdue_share": exposure.overdue_share(company_currency, limit),
            "limit_use": self._get_limit_use(facts),
            "dso_beyond_terms": behaviour.get_dso_beyond_terms(
                exposure.get_booked("receivable"), scope.today
            ),
            "relation": statistics.years_since(behaviour.first_invoice, scope.today),
            "trend": behaviour.get_trend(exposure.rates, company_currency),
            "incidents": float(behaviour.disputes),
            "currency": self._get_currency_risk(scope, facts),
        }
        return {
            code: value if value is None else round(value, VALUE_DIGITS)
            for code, value in values.items()
        }

    @staticmethod
    def _get_lateness(facts, limit):
        """Of what was paid, and of what is overdue so far where that is material."""
        exposure, paid = facts.exposure, facts.behaviour
        weighted, weight = paid.paid_weighted, paid.paid
        if exposure.overdue_by_currency(0, limit):
            weighted += exposure.get_booked("late_days")
            weight += exposure.get_booked("late")
        return weighted / weight if weight else None

    @staticmethod
    def _get_limit(facts):
        """:return: (Decimal amount, currency id) or None"""
        line = facts.line
        return (Decimal(str(line.amount)), line.currency.id) if line else None

    def _get_limit_use(self, facts):
        limit = self._get_limit(facts)
        if not limit or facts.exposure.find_missing(limit[1]):
            return None  # without a rate, what is owed isn't known
        exposure = facts.exposure.total(limit[1])
        if exposure <= 0:
            return 0.0
        return float(exposure / limit[0]) if limit[0] else NO_LIMIT_LEFT

    def _get_currency_risk(self, scope, facts):
        limit, at_risk = self._get_limit(facts), facts.at_risk[0]
        if not limit or at_risk is None:
            return None
        rate = facts.exposure.rates.convert(limit[1], scope.currency_id)
        if not limit[0] or rate is None:
            return None
        return at_risk / float(limit[0] * rate)

    @api.model
    def _judge(self, scope, facts, values, bands, peers, ceilings):
        """:param values: as :meth:`_measure` gives them
        :param bands: {factor: (weight, bands)} of the scorecard
        :param peers: {(country's id or False, factor): points}
        :param ceilings: as :meth:`_list_ceilings` gives them
        :return: ``engine.credit_scores.Assessment``
        """
        factors = [
            Factor(
                code, weight, values[code], points, self._get_peer(facts, code, peers)
            )
            for code, (weight, points) in bands.items()
        ]
        return assess(factors, facts.behaviour.settled, scope.thresholds, ceilings)

    @staticmethod
    def _hold(scope, facts, outcome):
        """:return: the same ``Assessment`` of a customer that a rule holds"""
        ceilings = (*outcome.ceilings, Ceiling("on_hold", "e"))
        return conclude(
            outcome.contributions, facts.behaviour.settled, scope.thresholds, ceilings
        )

    @staticmethod
    def _get_peer(facts, code, peers):
        if code not in BEHAVIOUR:
            return None
        return peers.get((facts.country_id, code), peers.get((False, code)))

    def _list_ceilings(self, scope, facts):
        """Why the grade may be no better, above a materiality."""
        limit = self._get_limit(facts)
        ceilings = []
        for days, grade in ((30, "c"), (90, "e")):
            if facts.exposure.overdue_by_currency(days, limit):
                ceilings.append(Ceiling(f"overdue_{days}", grade))
        if facts.behaviour.written_off > scope.terms["floor"]:
            ceilings.append(Ceiling("written_off", "e"))
        if facts.on_hold:
            ceilings.append(Ceiling("on_hold", "e"))
        return ceilings

    def _find_hold_reason(self, scope, facts, grade):
        """Why a rule of the policy holds this customer; False: none does.

        :param grade: without the hold itself, which would never be cured otherwise
        """
        late, worst = scope.terms["hold_days"], scope.terms["hold_grade"]
        limit = self._get_limit(facts)
        overdue = late and facts.exposure.overdue(scope.currency_id, late, limit)
        if overdue > 0:
            own = scope.company.currency_id
            return self.env._(
                "%(amount)s is more than %(days)s days overdue.",
                amount=own.format(own.round(float(overdue))),
                days=late,
            )
        if worst and grade >= worst:
            return self.env._("Its grade is %s.", grade.upper())
        return False

    @api.model
    def _suggest(self, scope, facts, outcome, ceilings):
        """A limit from grade × average monthly sales, the score taken without the use
        of today's limit.

        :param outcome: ``engine.credit_scores.Assessment``
        :param ceilings: also those that the use of the limit left nothing to do
        :return: Decimal in company currency
        """
        ceilings = (*ceilings, *outcome.ceilings)
        grade = find_grade_without(
            outcome, {"limit_use"}, facts.behaviour.settled, scope.thresholds, ceilings
        )
        months = scope.terms["months"][grade]
        if not months:
            return Decimal(0)
        return suggest_limit(
            facts.behaviour.get_monthly_sales(
                facts.exposure.rates, scope.currency_id, scope.today
            ),
            months,
            scope.terms["step"],
            scope.terms["cap"],
        )


class CurrencyRisk:
    """Value at risk of exposures in several currencies: the covariances of a set of
    currencies are computed once."""

    def __init__(self, rates, series, floor):
        self._rates = rates  # CreditRates
        self._series = series  # {currency id: {day: rate}}
        self._floors = dict.fromkeys(series, floor)  # standard deviation of a day
        self._sigmas = {}

    def at_risk(self, exposure, company_currency_id):
        """:return: (plain, exponentially weighted), company currency; None: unknown"""
        held = {}
        for currency_id, amount in exposure.by_currency().items():
            if currency_id != company_currency_id and amount > 0:
                rate = self._rates.convert(currency_id, company_currency_id)
                if rate is None:
                    return None, None
                held[currency_id] = float(amount * rate)
        if not held:
            return 0.0, 0.0
        return tuple(
            None
            if sigma is None
            else statistics.value_at_risk(held, sigma, self._floors)
            for sigma in self._get_sigmas(tuple(sorted(held)))
        )

    def _get_sigmas(self, currency_ids):
        """:return: (sample covariances, exponentially weighted ones), or Nones"""
        if currency_ids not in self._sigmas:
            series = {cid: self._series.get(cid, {}) for cid in currency_ids}
            returns = statistics.aligned_returns(series)
            self._sigmas[currency_ids] = tuple(
                statistics.covariances(returns, decay)
                for decay in (None, statistics.DECAY)
            )
        return self._sigmas[currency_ids]


class CreditExposure(models.AbstractModel):
    _inherit = "credit.exposure"

    @api.model
    def _get_currency_risk(self, scope, rates):
        """:return: :class:`CurrencyRisk` of a scope's company: by the rates that count
        for it, those that were carried over days off left out"""
        currencies = self.env["res.currency"].browse(rates.rates)
        series = currencies._get_recent_rates(scope.company, RATE_DAYS)
        floor = scope.policy.volatility_floor / math.sqrt(TRADING_DAYS)
        return CurrencyRisk(rates, series, floor)
