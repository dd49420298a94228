"""How a rate of the market is written down when nobody typed it.

A lock keeps the text that its rate follows from. For a rate that comes out of
Odoo's table (a float) this module finds the shortest text that gives exactly that
float back, so 1/7.1234 is written as 7.1234 and the lock's rate is the market's to
the last bit.
"""

from decimal import Decimal

from .rates import QuotedDirection, as_decimal, quoted_from_rate, rate_from_quoted

#: Digits that always tell two neighbouring floats apart, and one to spare for the
#: inverse, whose spacing is not that of the rate.
FLOAT_DIGITS = 18

#: More digits than this come from crossing, not from a publisher.
READABLE_DIGITS = 10


def shortest_quoted(rate: float) -> tuple[Decimal, QuotedDirection]:
    """The shortest quoted rate from which ``rate`` follows, and its direction.

    Of two equally short ones the company currency for 1 unit of the document
    currency wins: that is how a bookkeeper reads it (1 USD = 7.1234 CNY).

    :param rate: units of the document currency for 1 unit of company currency
    :raises InvalidRate: not a finite number above zero
    """
    exact = as_decimal(rate)
    inverse = _shortest_inverse(exact, rate)
    if inverse is None or _digits(exact) < min(_digits(inverse), READABLE_DIGITS):
        return exact, "unit_per_company"
    return inverse, "company_per_unit"


def readable(quoted: Decimal) -> tuple[Decimal, bool]:
    """The quoted rate cut to :data:`READABLE_DIGITS`, and whether that changed it."""
    if _digits(quoted) <= READABLE_DIGITS:
        return quoted, False
    return quoted_from_rate(quoted, "unit_per_company", READABLE_DIGITS), True


def _shortest_inverse(exact: Decimal, rate: float) -> Decimal | None:
    for digits in range(1, FLOAT_DIGITS + 1):
        quoted = quoted_from_rate(exact, "company_per_unit", digits)
        # equality of floats is the point here: the same bits, not nearly the same
        if float(rate_from_quoted(quoted, "company_per_unit")) == rate:
            return quoted
    return None


def _digits(number: Decimal) -> int:
    return len(number.normalize().as_tuple().digits)
