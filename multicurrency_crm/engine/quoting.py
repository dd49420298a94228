"""How a rate of the market is written down when nobody typed it.

A lock keeps the text that its rate follows from. A rate that comes out of Odoo's
table is a float that went through a division or two: this module finds the shortest
text that it may have come from, so 1/7.1234 is written as 7.1234.
"""

from decimal import Decimal

from .rates import (
    QuotedDirection,
    as_decimal,
    divide,
    quoted_from_rate,
    rate_from_quoted,
)

#: What a few operations on floats lose, relative; far below any cent.
FLOAT_NOISE = Decimal("1e-14")

#: Enough digits to come within the noise of any rate.
FLOAT_DIGITS = 16

#: More digits than this come from crossing, not from a publisher or a person ...
READABLE_DIGITS = 10

#: ... and are shown as this many.
SHOWN_DIGITS = 6


def shortest_quoted(rate: float) -> tuple[Decimal, QuotedDirection]:
    """Return the shortest quoted rate that is ``rate`` but for noise, with direction.

    Where neither direction is clearly shorter, the company currency for 1 unit of the
    document currency wins: that is how a bookkeeper reads it (1 USD = 7.1234 CNY).

    :param rate: units of the document currency for 1 unit of company currency
    :raises InvalidRate: not a finite number above zero
    """
    exact = as_decimal(rate)
    inverse = _shorten(exact, "company_per_unit")
    direct = _shorten(exact, "unit_per_company")
    if _digits(direct) < min(_digits(inverse), READABLE_DIGITS):
        return direct, "unit_per_company"
    return inverse, "company_per_unit"


def readable(quoted: Decimal) -> tuple[Decimal, bool]:
    """Return the quoted rate as people read it, and whether digits were left out.

    What a publisher or a person may have written is kept whole; what a division left
    behind is cut to :data:`SHOWN_DIGITS` significant digits.
    """
    if _digits(quoted) <= READABLE_DIGITS:
        return quoted, False
    return quoted_from_rate(quoted, "unit_per_company", SHOWN_DIGITS), True


def show_rate(rate: float) -> str:
    """Write a market rate for a sentence: six significant digits, no exponent.

    :raises InvalidRate: not a finite number above zero
    """
    return f"{quoted_from_rate(as_decimal(rate), 'unit_per_company', SHOWN_DIGITS):f}"


def _shorten(exact: Decimal, direction: QuotedDirection) -> Decimal:
    """Return the quoted rate of fewest digits that is ``exact`` but for noise."""
    for digits in range(1, FLOAT_DIGITS):
        quoted = quoted_from_rate(exact, direction, digits)
        if abs(divide(rate_from_quoted(quoted, direction), exact) - 1) <= FLOAT_NOISE:
            return quoted
    return quoted_from_rate(exact, direction, FLOAT_DIGITS)


def _digits(number: Decimal) -> int:
    """Count the significant digits of a number."""
    return len(number.normalize().as_tuple().digits)
