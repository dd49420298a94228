"""What a locked rate is worth against the market's.

Rates are units of the document currency for 1 unit of company currency; amounts are
in the document currency and results in company currency, unrounded, unless said.
"""

from decimal import Decimal

#: parts of the market rate in which a spread is stored
BASIS_POINTS = 10_000

#: Two distances that differ by less are the same: floats went through a few divisions.
SAME_DISTANCE = 1e-9


def rate_deviation(locked: float, market: float) -> float:
    """Return how far a locked rate is from the market's: locked / market − 1.

    Negative is against us on a sale: 7.20 promised and 7.00 now are −2.78 %, since
    both are company currency for 1 unit, 1/7.20 and 1/7.00 in this direction.
    """
    return locked / market - 1


def rate_distance(locked: float, market: float) -> float:
    """Return how far two rates are apart, alike in both directions and on both sides.

    The larger over the smaller, − 1: 13.34 promised and 6.67 in the market are 100 %,
    as are 3.335 promised; a hundredfold price is no 99 %, but 9,900 %.
    """
    return max(locked / market, market / locked) - 1


def rate_shortfall(locked: float, market: float) -> float:
    """Return how far a locked rate is on the unfavourable side of the market's, by the
    measure of :func:`rate_distance`; zero or below where it is favourable."""
    return market / locked - 1


def is_beyond(distance: float, tolerance: float) -> bool:
    """Return whether a distance is wider than a tolerance, both shares of a rate."""
    return distance - tolerance > SAME_DISTANCE


def tolerated_rate(market: float, tolerance: float, deviation: float) -> float:
    """Return the rate at which the tolerance ends, on the side of a deviation.

    :param tolerance: share of the market's rate, above zero
    :param deviation: locked / market − 1; its sign says on which side
    :return: market × (1 + tolerance), or market / (1 + tolerance)
    """
    return market * (1 + tolerance) if deviation > 0 else market / (1 + tolerance)


def lock_variance(amount: float, locked: float, market: float) -> float:
    """Return how much more a locked amount promises than the market gives on its day.

    amount × (1/locked − 1/market): positive where the document currency fell since it
    was locked.

    :param amount: receivable; negative for a credit note
    :param market: rate of the accounting date
    """
    return amount * (1 / locked - 1 / market)


def mark_to_market(amount: float, locked: float, market: float) -> float:
    """Return what the open amount of a lock on sales gained, at the market's rate.

    amount × (1/market − 1/locked): negative where the document currency fell.
    """
    return -lock_variance(amount, locked, market)


def forward_mark_to_market(
    amount: float, side: str, locked: float, market: float
) -> float:
    """Return what a forward gained since it was dealt, at the market's rate.

    Sold: amount × (1/locked − 1/market), positive where the currency fell. Bought:
    the opposite.

    :param amount: of the foreign currency, above zero
    :param side: 'sell' or 'buy', of the foreign currency, as the company sees it
    :raises ValueError: another side
    """
    if side not in ("sell", "buy"):
        raise ValueError("A forward sells or buys.")
    gain = mark_to_market(amount, locked, market)
    return gain if side == "buy" else -gain


def with_margin(quoted: Decimal, direction: str, basis_points: float) -> Decimal:
    """Move the spot in the company's favour, for a sale.

    The rate in Odoo's direction becomes spot / (1 − bp/10,000): company currency for
    1 unit loses that share exactly, the inverse is divided by it.

    :param quoted: spot, in ``direction``
    :param direction: 'company_per_unit' or 'unit_per_company'
    :param basis_points: ten-thousandths of the spot, 0 or more, below 10,000
    :raises ValueError: out of range
    """
    points = Decimal(str(basis_points))
    if not 0 <= points < BASIS_POINTS:
        raise ValueError("A spread is 0 or more, and below 10,000.")
    share = 1 - points / BASIS_POINTS
    return quoted * share if direction == "company_per_unit" else quoted / share
