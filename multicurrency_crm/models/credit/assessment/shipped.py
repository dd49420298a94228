"""The scorecard that a policy starts with; a credit manager changes it there."""

from typing import NamedTuple


class ShippedRule(NamedTuple):
    """Bands as (from, to, points); None: no bound. On a bound that two bands share,
    the better one counts."""

    factor: str
    weight: float
    bands: tuple


def _up_to(*steps, more):
    """Return the bands of a figure that is better the smaller it is.

    :param steps: (bound, points), …
    :param more: points beyond the last bound
    """
    start, bands = None, []
    for bound, points in steps:
        bands.append((start, bound, points))
        start = bound
    return (*bands, (start, None, more))


SHIPPED_RULES = (
    ShippedRule(
        "lateness",
        30,
        _up_to((0, 100), (5, 90), (15, 70), (30, 45), (60, 20), more=0),
    ),
    ShippedRule(
        "overdue_share",
        25,
        _up_to((0, 100), (0.05, 85), (0.15, 60), (0.3, 35), (0.6, 10), more=0),
    ),
    ShippedRule(
        "limit_use", 15, _up_to((0.5, 100), (0.8, 80), (1, 50), (1.2, 20), more=0)
    ),
    ShippedRule(
        "dso_beyond_terms", 10, _up_to((0, 100), (10, 80), (20, 60), (40, 30), more=0)
    ),
    ShippedRule("relation", 10, _up_to((0.5, 20), (1, 40), (3, 60), (5, 80), more=100)),
    ShippedRule(
        "trend", 5, _up_to((0.5, 20), (0.8, 60), (1.5, 100), (2.5, 75), more=50)
    ),
    ShippedRule("incidents", 5, _up_to((0, 100), (1, 70), (2, 40), more=0)),
    # shown, and without a weight: it is our risk rather than the customer's
    ShippedRule("currency", 0, _up_to((0.01, 100), (0.03, 70), (0.06, 40), more=10)),
)

#: Share of receivables that is lost, by age.
SHIPPED_LOSS_RATES = {
    "current": 0.005,
    "days_30": 0.02,
    "days_60": 0.05,
    "days_90": 0.15,
    "older": 0.5,
}
