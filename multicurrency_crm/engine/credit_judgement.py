"""From what is known of one customer to its score, grade, hold and suggested limit; no
Odoo, no query, nothing that is changed on the way.

:func:`measure` turns the books' sums into the values of the scorecard's factors,
:func:`judge` these into a :class:`Judgement`. In between, the peers' averages are taken
over all customers (``credit_peers``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import credit_statistics as statistics
from .credit_peers import BEHAVIOUR, DAYS, get_peer_value
from .credit_scores import (
    Assessment,
    Ceiling,
    Factor,
    assess,
    conclude,
    find_grade_without,
    suggest_limit,
)
from .customer_behaviour import CustomerBehaviour
from .customer_exposure import CustomerExposure

#: Value of the factor "limit used" where the limit is 0 and something is owed.
NO_LIMIT_LEFT = 1_000_000.0
#: Decimals of a factor's value.
VALUE_DIGITS = 6
#: Beyond so many days overdue, by a material amount, a grade is no better.
OVERDUE_CEILINGS = ((30, "c"), (90, "e"))
#: The worst grade: of who is on hold, or was written off.
WORST = "e"


@dataclass(frozen=True, slots=True)
class JudgedCustomer:
    """What is known of one customer."""

    exposure: CustomerExposure
    behaviour: CustomerBehaviour
    limit: tuple[Decimal, int] | None  # (amount, currency id); 0: pays in advance
    country_id: int | bool
    on_hold: bool  # by hand; a rule's hold is decided here
    at_risk: tuple  # (plain, exponentially weighted) in company currency, or Nones


@dataclass(frozen=True, slots=True)
class JudgingTerms:
    """By what all customers of a company are judged on a day; amounts are in company
    currency."""

    today: date
    currency_id: int  # of the company
    scorecard: Mapping  # {factor: (weight, bands)}
    thresholds: Mapping  # {grade: lowest score}
    write_off_floor: float  # written off up to this, a grade isn't touched
    hold_days: int  # overdue beyond them, a customer is held; 0: never
    hold_grade: str | bool  # of this grade or a worse one it is held; False: never
    months: Mapping  # {grade: Decimal months of sales that it may owe}
    step: Decimal  # suggested limits are rounded down to a multiple
    cap: Decimal | None  # of suggested limits


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a rule holds a customer: the first that applies."""

    overdue: Decimal | None = None  # beyond the days of the rule, company currency
    grade: str | None = None  # where nothing is overdue for so long


@dataclass(frozen=True, slots=True)
class LimitPosition:
    """A limit, and what is left of it; below 0 where it is exceeded."""

    original: Decimal  # in its own currency
    currency_id: int
    amount: Decimal  # in company currency; 0 where no rate is known
    available: Decimal  # likewise
    owed: Decimal  # of it, in its own currency


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of it."""

    outcome: Assessment  # score, grade, ceilings, and what each factor contributes
    hold: Hold | None
    suggested_limit: Decimal  # company currency, not rounded to its coin
    payment_days: float  # after the due date; below 0: before
    limit: LimitPosition | None


# === MEASURING === #


def measure(customer: JudgedCustomer, terms: JudgingTerms) -> dict:
    """Return the value of each factor.

    Values are rounded, so that five days late by every invoice are no 5.000…1, which
    another band holds.

    :return: {factor: value, or None without data}
    """
    exposure, behaviour, limit = customer.exposure, customer.behaviour, customer.limit
    values = {
        "lateness": _get_lateness(customer),
        "overdue_share": exposure.overdue_share(terms.currency_id, limit),
        "limit_use": _get_limit_use(customer),
        "dso_beyond_terms": behaviour.get_dso_beyond_terms(
            exposure.get_booked("receivable"), terms.today
        ),
        "relation": statistics.years_since(behaviour.first_invoice, terms.today),
        "trend": behaviour.get_trend(exposure.rates, terms.currency_id),
        "incidents": float(behaviour.disputes + behaviour.incidents),
        "currency": _get_risk_share(customer, terms),
    }
    return {
        factor: value if value is None else round(value, VALUE_DIGITS)
        for factor, value in values.items()
    }


def _get_lateness(customer):
    """Return days late, weighted by amount: of what was paid, and of what is overdue
    so far where that is material."""
    exposure, paid = customer.exposure, customer.behaviour
    weighted, weight = paid.paid_weighted, paid.paid
    if exposure.overdue_by_currency(0, customer.limit):
        weighted += exposure.get_booked("late_days")
        weight += exposure.get_booked("late")
    return weighted / weight if weight else None


def _get_limit_use(customer):
    """Return exposure / limit; None without a limit, or where a rate is missing."""
    if not customer.limit:
        return None
    amount, currency_id = customer.limit
    if customer.exposure.find_missing(currency_id):
        return None  # without a rate, what is owed isn't known
    exposure = customer.exposure.total(currency_id)
    if exposure <= 0:
        return 0.0
    return float(exposure / amount) if amount else NO_LIMIT_LEFT


def _get_risk_share(customer, terms):
    """Return value at risk / limit; None where either is unknown, or the limit 0."""
    at_risk = customer.at_risk[0]
    if not customer.limit or at_risk is None:
        return None
    amount, currency_id = customer.limit
    rate = customer.exposure.rates.convert(currency_id, terms.currency_id)
    if not amount or rate is None:
        return None
    return at_risk / float(amount * rate)


# === JUDGING === #


def judge(
    customer: JudgedCustomer, values: Mapping, peers: Mapping, terms: JudgingTerms
) -> Judgement:
    """Judge one customer.

    :param values: {factor: value or None}, as :func:`measure` gives them
    :param peers: {(country's id or False, factor): points, or days}
    :raises ScoreError: a value outside every band of the scorecard
    """
    settled = customer.behaviour.settled
    factors = _list_factors(customer, values, peers, terms)
    ceilings = list_ceilings(customer, terms)
    outcome = assess(factors, settled, terms.thresholds, ceilings)
    # by the grade without the hold itself, which would never be cured otherwise
    hold = find_hold(customer, outcome.grade, terms)
    if hold and not customer.on_hold:
        ceilings = (*ceilings, Ceiling("on_hold", WORST))
        outcome = conclude(outcome.contributions, settled, terms.thresholds, ceilings)
    return Judgement(
        outcome=outcome,
        hold=hold,
        suggested_limit=suggest(customer, outcome, ceilings, terms),
        payment_days=_get_payment_days(customer, peers),
        limit=_get_limit_position(customer, terms),
    )


def _list_factors(customer, values, peers, terms):
    """Return the :class:`~.credit_scores.Factor` of each row of the scorecard."""
    return [
        Factor(
            code,
            weight,
            values[code],
            bands,
            get_peer_value(peers, customer.country_id, code)
            if code in BEHAVIOUR
            else None,
        )
        for code, (weight, bands) in terms.scorecard.items()
    ]


def list_ceilings(customer: JudgedCustomer, terms: JudgingTerms) -> tuple:
    """Return why the grade may be no better, each above a materiality.

    :return: of :class:`~.credit_scores.Ceiling`
    """
    ceilings = [
        Ceiling(f"overdue_{days}", grade)
        for days, grade in OVERDUE_CEILINGS
        if customer.exposure.overdue_by_currency(days, customer.limit)
    ]
    if customer.behaviour.written_off > terms.write_off_floor:
        ceilings.append(Ceiling("written_off", WORST))
    if customer.on_hold:
        ceilings.append(Ceiling("on_hold", WORST))
    return tuple(ceilings)


def find_hold(customer: JudgedCustomer, grade: str, terms: JudgingTerms) -> Hold | None:
    """Return why a rule of the policy holds this customer; None: none does.

    :param grade: without the hold itself
    """
    days = terms.hold_days
    if days:
        overdue = customer.exposure.overdue(terms.currency_id, days, customer.limit)
        if overdue > 0:
            return Hold(overdue=overdue)
    if terms.hold_grade and grade >= terms.hold_grade:
        return Hold(grade=grade)
    return None


def suggest(
    customer: JudgedCustomer, outcome: Assessment, ceilings: tuple, terms: JudgingTerms
) -> Decimal:
    """Return a limit from grade × average monthly sales, the grade taken without the
    use of today's limit: otherwise a small limit would suggest a small one.

    1,200 sold in each of 12 months, a grade that may owe two months, rounded down to
    500: 2,000.

    :param ceilings: all that apply, also those that the use of the limit left nothing
        to do
    :return: Decimal in company currency, 0 or more
    """
    grade = find_grade_without(
        outcome, {"limit_use"}, customer.behaviour.settled, terms.thresholds, ceilings
    )
    months = terms.months[grade]
    if not months:
        return Decimal(0)
    sales = customer.behaviour.get_monthly_sales(
        customer.exposure.rates, terms.currency_id, terms.today
    )
    return suggest_limit(sales, months, terms.step, terms.cap)


def _get_payment_days(customer, peers):
    """Return the customer's own median; with few payments, that of its peers."""
    own = customer.behaviour
    if own.payments >= statistics.FEWEST_PAYMENTS and own.median_days is not None:
        return own.median_days
    peer = get_peer_value(peers, customer.country_id, DAYS)
    return peer if peer is not None else (own.median_days or 0.0)


def _get_limit_position(customer, terms):
    """Return the :class:`LimitPosition`; None without a limit."""
    if not customer.limit:
        return None
    amount, currency_id = customer.limit
    exposure = customer.exposure
    rate = exposure.rates.convert(currency_id, terms.currency_id) or 0
    owed = exposure.total(currency_id)
    left = amount - owed
    return LimitPosition(amount, currency_id, amount * rate, left * rate, owed)
