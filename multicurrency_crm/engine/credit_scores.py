"""A customer's score, grade and suggested limit, as a person can compute them by hand.

A scorecard is a weighted mean of points (0 to 100, higher is safer) over the factors
that have data; see E. M. Lewis, *An Introduction to Credit Scoring* (1992). Points of
factors that few invoices speak of are drawn towards those of the peers, as in the
credibility formula Z = n / (n + k) of Bühlmann (1967).
"""

from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from .errors import ScoreError, _lt

#: How many invoices of its own a customer needs to weigh as much as its peers.
PEER_WEIGHT = 5
#: Under so many settled invoices a customer is unrated, with this grade at most.
RATED_FROM, UNRATED_AT_MOST = 3, "c"
#: What adding up may lose: a score of 80 is no 79.999….
ROUNDING = 1e-9


class Band(NamedTuple):
    """Values from ``start`` to ``end``, both included, and the points they earn."""

    start: float | None  # None: no lower bound
    end: float | None  # None: no upper bound
    points: float  # 0 to 100


class Factor(NamedTuple):
    """What was measured of a customer."""

    code: str
    weight: float
    value: float | None  # None: no data
    bands: tuple  # of Band
    peer_points: float | None = None  # None: no factor of behaviour


class Ceiling(NamedTuple):
    """Why a grade may be no better than ``grade``."""

    reason: str
    grade: str


class Contribution(NamedTuple):
    """One row of the explanation; a score is the sum of ``contribution``."""

    code: str
    value: float | None
    weight: float
    band: Band | None  # None: no data, and no part of the score
    points: float | None  # after shrinking
    share: float  # of the weights that count; 0 without data
    contribution: float  # points × share
    peer_points: float | None = None  # towards which the points were drawn


class Assessment(NamedTuple):
    """The outcome: ``score`` 0 to 100, or None where no factor has data."""

    score: float | None
    grade: str
    is_rated: bool
    ceilings: tuple  # of Ceiling, those that made the grade worse
    contributions: tuple  # of Contribution, in the order of the factors


def find_band(value, bands):
    """Return the band of a value; where two bands share a bound, the better one.

    So "≤ 5" and "≥ 3" are both written as they are read.

    :raises ScoreError: no band holds the value
    """
    best = None
    for band in bands:
        start, end, points = band
        if (start is None or value >= start) and (end is None or value <= end):
            if best is None or points > best.points:
                best = band
    if best is None:
        raise ScoreError(
            _lt("No band of the scorecard holds %(value)s: close the gap."), value=value
        )
    return best


def shrink(own, peer, settled):
    """Return points drawn towards the peers' where few invoices speak.

    (n · own + 5 · peer) / (n + 5): 100 points by 3 invoices, where the peers have 60,
    are (3 · 100 + 5 · 60) / 8 = 75.

    :param settled: n, how many invoices of the customer were settled
    """
    return (settled * own + PEER_WEIGHT * peer) / (settled + PEER_WEIGHT)


def explain(factors, settled):
    """Return what each factor contributes to the score.

    :param factors: iterable of :class:`Factor`
    :param settled: how many invoices of the customer were settled
    :return: tuple of :class:`Contribution`; the shares of those with data add up to 1
    :raises ScoreError: a negative weight, or a value outside every band
    """
    factors = tuple(factors)
    total = 0.0
    for factor in factors:
        if factor.weight < 0:
            raise ScoreError(
                _lt("A weight of the scorecard is below 0: enter 0 or more.")
            )
        if factor.value is not None:
            total += factor.weight
    return tuple([_explain_one(factor, settled, total) for factor in factors])


def _explain_one(factor, settled, total):
    """Return the :class:`Contribution` of a factor; weights add up to ``total``."""
    code, weight, value, bands, peer_points = factor
    if value is None:
        return Contribution(code, None, weight, None, None, 0.0, 0.0)
    band = find_band(value, bands)
    points = band.points
    if peer_points is not None:
        points = shrink(points, peer_points, settled)
    share = weight / total if total else 0.0
    return Contribution(
        code, value, weight, band, points, share, points * share, peer_points
    )


def find_grade(score, thresholds):
    """Return the grade of a score.

    :param thresholds: {grade: lowest score}, such as ``{"a": 80, "b": 65, "e": 0}``
    :return: the grade of the highest threshold reached; the worst below all of them
    """
    ordered = sorted(thresholds.items(), key=lambda item: item[1], reverse=True)
    for grade, lowest in ordered:
        if score >= lowest - ROUNDING:
            return grade
    return ordered[-1][0]


def assess(factors, settled, thresholds, ceilings=()):
    """Return score and grade of a customer, with all that explains them.

    :param factors: iterable of :class:`Factor`
    :param settled: how many invoices of the customer were settled
    :param thresholds: as :func:`find_grade` takes them
    :param ceilings: iterable of :class:`Ceiling`, applied after scoring
    :return: :class:`Assessment`
    :raises ScoreError: as :func:`explain`
    """
    return conclude(explain(factors, settled), settled, thresholds, ceilings)


def conclude(contributions, settled, thresholds, ceilings=()):
    """Return score and grade from what the factors contribute.

    :param contributions: tuple of :class:`Contribution`, as :func:`explain` gives them
    :return: :class:`Assessment`
    """
    counted = any(row.share for row in contributions)
    score = sum(row.contribution for row in contributions) if counted else None
    is_rated = settled >= RATED_FROM and score is not None
    ceilings = tuple(ceilings)
    if not is_rated:
        ceilings += (Ceiling("unrated", UNRATED_AT_MOST),)
    grade = find_grade(score, thresholds) if score is not None else min(thresholds)
    effective = tuple(ceiling for ceiling in ceilings if ceiling.grade > grade)
    worst = max(thresholds)
    grade = max((grade, *(min(c.grade, worst) for c in effective)))
    return Assessment(score, grade, is_rated, effective, contributions)


def find_grade_without(outcome, codes, settled, thresholds, ceilings=()):
    """Return the grade of a customer as if the scorecard had no such factors.

    The others share their weight.

    :param outcome: :class:`Assessment`
    :param codes: those to leave out
    :param ceilings: all that :func:`assess` was given; those that didn't make the grade
        worse there may do so here
    :return: grade
    """
    kept = [
        row
        for row in outcome.contributions
        if row.points is not None and row.code not in codes
    ]
    total = sum(row.weight for row in kept)
    if not total:
        return outcome.grade
    grade = find_grade(sum(row.points * row.weight for row in kept) / total, thresholds)
    worst = max(thresholds)
    highest = [min(ceiling.grade, worst) for ceiling in ceilings]
    if settled < RATED_FROM:
        highest.append(UNRATED_AT_MOST)
    return max((grade, *highest))


def suggest_limit(monthly_sales, months, step, cap=None):
    """Return a limit from what a customer buys.

    :param Decimal monthly_sales: average of a month, at constant rates
    :param Decimal months: how many months of sales the customer's grade may owe
    :param Decimal step: the limit is rounded down to a multiple of it, above 0
    :param Decimal cap: no limit is suggested above it; None: no cap
    :return: Decimal, 0 or more, in the currency of ``monthly_sales``
    """
    limit = max(monthly_sales * months, Decimal(0))
    if cap is not None:
        limit = min(limit, cap)
    return (limit / step).to_integral_value(ROUND_DOWN) * step
