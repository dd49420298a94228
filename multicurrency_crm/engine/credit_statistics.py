"""How customers pay, and what their currencies may cost: figures without Odoo.

Amounts of one call are in one currency. Sources: Credit Research Foundation, *Days
Sales Outstanding* (countback, or exhaustion, method) and *Collection Effectiveness
Index*; J.P. Morgan/Reuters, *RiskMetrics Technical Document* (1996) for value at risk
and the exponentially weighted variance with λ = 0.94.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from dateutil.relativedelta import relativedelta

from .calendars import ONE_DAY

#: Months that a countback looks back at most.
MOST_MONTHS = 24
#: Payments that a customer's own median needs; with fewer the peers' counts.
FEWEST_PAYMENTS = 5
#: Standard normal quantile of 95 %, one-sided.
Z_95 = 1.645
#: Trading days of the holding period, and of the returns that are looked at.
HORIZON, MOST_RETURNS, FEWEST_RETURNS = 21, 250, 60
DECAY = 0.94


# === PAYING === #


def weighted_mean(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Return Σ value · weight / Σ weight, such as terms in days by amount.

    :param pairs: (value, weight of 0 or more)
    :return: None where nothing has a weight
    """
    total = weighted = 0.0
    for value, weight in pairs:
        total += float(weight)
        weighted += float(value) * float(weight)
    return weighted / total if total else None


def lateness(settled: Iterable[tuple[float, float]]) -> float | None:
    """Return the days from due date to money, by booked value.

    Earlier money makes up for none.

    :param settled: (days late, negative where early; amount of 0 or more)
    """
    return weighted_mean((max(days, 0), amount) for days, amount in settled)


def expected_pay_date(
    due: date, own: Sequence[float], peers: Sequence[float], today: date
) -> date:
    """Return due date + signed median lateness, never before tomorrow.

    :param own: days late of the customer's payments, negative where early
    :param peers: the same of its peers, taken where the customer has fewer than five
    """
    known = own if len(own) >= FEWEST_PAYMENTS else peers
    return move_to_pay_day(due, statistics.median(known) if known else 0, today)


def move_to_pay_day(due: date, days: float, today: date) -> date:
    """Return due date + usual days after it, never before tomorrow.

    :param days: negative where money comes early
    """
    try:
        usual = due + timedelta(days=round(days))
    except OverflowError:  # due at the end of all days
        usual = due
    return max(usual, today + ONE_DAY)


def windowed_dso(receivable: float, sales: float, days: int) -> float | None:
    """Return days sales outstanding over a window: receivable / credit sales · days.

    :return: None without sales
    """
    return float(receivable) / float(sales) * days if sales > 0 else None


def countback_dso(
    receivable: float, months: Iterable[tuple[float, int]]
) -> float | None:
    """Return days sales outstanding by counting back.

    Newest sales first, as many days as the receivable is made of.

    :param receivable: what is open; 0 or less counts no day
    :param months: (credit sales net of credit notes, days), from the month to date
        backwards; the first 24 count, one with sales of 0 or less adds its days only
    :return: days; None where something is open and nothing was sold
    """
    if receivable <= 0:
        return 0.0
    left, days, sold = float(receivable), 0.0, False
    for sales, length in islice(months, MOST_MONTHS):
        if sales > 0:
            sold = True
            if left <= sales:
                return days + length * left / float(sales)
            left -= float(sales)
        days += length
    return days if sold else None


def collection_effectiveness(
    months: Iterable[tuple[float, float, float, float]],
) -> float | None:
    """Return what was collected of what could be, in percent; 100 is all of it.

    Longer periods pool their months: the sums of both sides are divided, not the
    months' percentages averaged.

    :param months: (opening, sales, closing, closing that isn't due yet)
    :return: None where nothing could be collected
    """
    collected = collectable = 0.0
    for opening, sales, closing, not_due in months:
        collected += float(opening + sales - closing)
        collectable += float(opening + sales - not_due)
    return collected / collectable * 100 if collectable else None


def loss_allowance(buckets: Mapping, rates: Mapping):
    """Return the expected loss of receivables by age.

    :param buckets: {bucket: Decimal amount}
    :param rates: {bucket: Decimal share that is lost}, of every bucket
    :return: {bucket: Decimal}, not rounded
    :raises KeyError: a bucket without a rate
    """
    return {bucket: amount * rates[bucket] for bucket, amount in buckets.items()}


# === BUYING === #


def trend(recent: float, before: float) -> float | None:
    """Return orders of a period / those of the same period a year before.

    :return: None where there were none before
    """
    return float(recent) / float(before) if before > 0 else None


@lru_cache(maxsize=4096)
def years_since(first: date | None, today: date) -> float | None:
    """Return how many years ago a day was; 0 for a day to come, None without one.

    By the calendar, so that an anniversary is a whole number, whatever leap years lie
    between, and six months are a half.
    """
    if first is None or first >= today:
        return None if first is None else 0.0
    span = relativedelta(today, first)
    return span.years + (span.months + span.days / 31) / 12


# === CURRENCIES === #


def aligned_returns(rates: Mapping[str, Mapping[date, float]]) -> dict:
    """Return daily log-returns on the days that all currencies share, oldest first.

    :param rates: {currency: {day: rate above zero}}, in either direction, but one
        direction for all of them
    :return: {currency: [return]}, 250 at most each
    """
    if not rates:
        return {}
    shared = sorted(set.intersection(*(set(by_day) for by_day in rates.values())))
    shared = shared[-MOST_RETURNS - 1 :]
    steps = list(zip(shared, shared[1:], strict=False))
    return {
        currency: [math.log(by_day[day] / by_day[before]) for before, day in steps]
        for currency, by_day in rates.items()
    }


def covariances(
    returns: Mapping[str, Sequence[float]], decay: float | None = None
) -> dict | None:
    """Return Σ, the covariances of daily returns.

    :param returns: as :func:`aligned_returns` gives them
    :param decay: None: the sample covariance; λ, such as 0.94: exponentially weighted
    :return: {(currency, currency): covariance} of each pair once; None with fewer than
        60 returns
    """
    series = list(returns.items())
    if any(len(values) < FEWEST_RETURNS for _code, values in series):
        return None
    found = {}
    for index, (code, values) in enumerate(series):
        for other, others in series[index:]:
            found[code, other] = _covariance(values, others, decay)
    return found


def value_at_risk(
    exposures: Mapping[str, float],
    sigma: Mapping,
    floors: Mapping[str, float] | None = None,
) -> float:
    """Return what 21 trading days may cost, in 95 of 100 cases at most.

    1.645 · √(wᵀΣw · 21).

    A currency that moves less than its floor, as a pegged one does, has the floor's
    variance instead, on top and without correlation.

    :param exposures: {currency: amount in company currency}, negative where owed
    :param sigma: as :func:`covariances` gives it, of every currency
    :param floors: {currency: least standard deviation of a day}, as a fraction
    :return: in company currency, 0 or more
    """
    variance = 0.0
    for (code, other), covariance in sigma.items():
        both = float(exposures.get(code, 0.0)) * float(exposures.get(other, 0.0))
        variance += both * covariance * (1 if code == other else 2)
    for code, amount in exposures.items():
        floor = (floors or {}).get(code, 0.0)
        lacking = floor**2 - sigma[code, code]
        variance += max(lacking, 0.0) * float(amount) ** 2
    # what cancels out may end a rounding error below 0
    return Z_95 * math.sqrt(max(variance, 0.0) * HORIZON)


def _covariance(values, others, decay):
    """Return the covariance of two series of returns, weighted by age with a decay."""
    if decay is None:
        return statistics.covariance(values, others)
    weights = [decay**age for age in range(len(values))]
    products = (a * b for a, b in zip(reversed(values), reversed(others), strict=True))
    weighted = sum(w * product for w, product in zip(weights, products, strict=True))
    return weighted / sum(weights)
