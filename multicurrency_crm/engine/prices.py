"""Unit prices carried from one currency to another."""

from decimal import ROUND_HALF_UP, Decimal

# A price is rounded to the currency's smallest unit unless that would move it by
# more than this share: screws at 0.05 USD are 0.36 CNY, but 7.5 JPY, not 8.
TOLERATED_ROUNDING = Decimal("0.005")
MAX_EXTRA_DIGITS = 6
MAX_QUOTED_DIGITS = 4


def convert_price(
    price: float, rate_from: float, rate_to: float, decimals_from: int, decimals_to: int
) -> float:
    """Convert a unit price once and round it as people would quote it.

    :param price: unit price in the first currency
    :param rate_from: units of the first currency for 1 unit of company currency
    :param rate_to: units of the second currency for 1 unit of company currency
    :param decimals_from: decimal places of the first currency (JPY 0, KWD 3)
    :param decimals_to: decimal places of the second currency
    :return: the unit price in the second currency, rounded half up to its decimal
        places; to more of them where the price was finer than its own currency
        already, or where rounding would move it by more than 0.5 %
    :raises ValueError: a rate that is not above zero
    """
    if rate_from <= 0 or rate_to <= 0:
        raise ValueError("A rate must be above zero.")
    exact_from = Decimal(repr(price))
    exact = exact_from * Decimal(repr(rate_to)) / Decimal(repr(rate_from))
    finer = max(0, -exact_from.normalize().as_tuple().exponent - decimals_from)
    # more digits than anybody quotes are what an earlier division left behind
    return _round(exact, decimals_to, finer if finer <= MAX_QUOTED_DIGITS else 0)


def round_price(price: float, decimals: int) -> float:
    """Round a unit price that came out of a conversion, as people would quote it.

    :param price: unit price with whatever digits the conversion left
    :param decimals: decimal places of its currency
    :return: half up to these places, to more of them where that would move it by
        more than 0.5 %
    """
    return _round(Decimal(repr(price)), decimals)


def _round(exact: Decimal, decimals: int, finer: int = 0) -> float:
    """Round half up to so many decimals, or more until little is moved."""
    for digits in range(decimals + finer, decimals + MAX_EXTRA_DIGITS + 1):
        rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if abs(rounded - exact) <= TOLERATED_ROUNDING * abs(exact):
            break
    return float(rounded)
