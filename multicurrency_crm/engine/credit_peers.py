"""What customers of a country, or all of a company, earn on average: towards it the
points of a customer with few settled invoices are drawn; no Odoo.

A group is named by its country's id, or False: of the whole company. A customer's own
days late stand beside its points, under the name :data:`DAYS`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean, median

from .credit_scores import find_band
from .errors import ScoreError

#: Factors that say how a customer pays: the peers' points stand in for few invoices.
BEHAVIOUR = ("lateness", "overdue_share", "dso_beyond_terms")
#: A group's median of days late.
DAYS = "days"
#: A customer alone in its country has no peers there, but in the whole company.
FEWEST_OF_A_COUNTRY = 2


def get_peer_value(peers: Mapping, country_id: int | bool, factor: str):
    """Return what the peers of a customer have: those of its country, else those of
    the company.

    :param peers: {(country's id or False, factor): value}
    :return: None where there are none
    """
    return peers.get((country_id, factor), peers.get((False, factor)))


def get_own_values(values: Mapping, scorecard: Mapping, median_days) -> dict:
    """Return what one customer adds to the averages of its peers.

    :param values: {factor: value or None}, as ``credit_judgement.measure`` gives them
    :param scorecard: {factor: (weight, bands)}
    :param median_days: its own days late; None: unknown
    :return: {factor: points or days}
    """
    own = {}
    for factor in BEHAVIOUR:
        if factor in scorecard and values[factor] is not None:
            try:
                own[factor] = find_band(values[factor], scorecard[factor][1]).points
            except ScoreError:
                # said where this customer is judged; the others have peers all the same
                continue
    if median_days is not None:
        own[DAYS] = median_days
    return own


def average_peers(customers: Iterable[tuple[int | bool, Mapping]]) -> dict:
    """Average the points of each group, and take the median of its days late; each
    customer counts once.

    Two of one country with 80 and 40 points for a factor: 60, for the country and, if
    there are no others, for the company.

    :param customers: pairs (country's id or False, {factor: value})
    :return: {(country's id or False, factor): (value, number of customers)}; no country
        with one customer only
    """
    found = defaultdict(list)
    for country_id, values in customers:
        for factor, value in values.items():
            for group in {country_id, False}:
                found[group, factor].append(value)
    return {
        (group, factor): (
            median(values) if factor == DAYS else fmean(values),
            len(values),
        )
        for (group, factor), values in found.items()
        if not group or len(values) >= FEWEST_OF_A_COUNTRY
    }
