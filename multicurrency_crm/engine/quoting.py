"""How a rate of the market is written down when nobody typed it.

A lock keeps the text that its rate follows from. A rate that comes out of Odoo's
table is a float that went through a division or two: this module finds the shortest
text that it may have come from, so 1/7.1234 is written as 7.1234.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from .rates import (
    CONTEXT,
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

#: A figure that was derived is shown whole where it has so few, and was quoted thus.
DERIVED_DIGITS = 8

#: How many significant digits a market writes (7.1234, 150.23) ...
MARKET_DIGITS = 5

#: ... with at least so many after the point ...
LEAST_DECIMALS = 2

#: ... and how far, relative, a figure may be from the rate to be called equal to it.
EQUAL = Decimal("1e-7")

#: Currencies of which markets quote a hundred, where one costs less than one.
BY_THE_HUNDRED = frozenset({"JPY", "KRW"})

#: Of any other currency a hundred are shown where one costs less than that.
SMALL_PRICE = Decimal("0.01")


@dataclass(frozen=True)
class Equation:
    """A rate as people read it: so many units of a currency cost so much of another.

    ``figure`` is in ``right``, for ``nominal`` units of ``left``; ``exact`` says
    whether it is the rate itself, or what was left of it after digits were cut.
    """

    nominal: int
    left: str
    figure: Decimal
    right: str
    exact: bool

    def __str__(self) -> str:
        """Write the equation: ``1 USD = 7.1234 CNY``, ``100 KRW ≈ 0.51234 CNY``."""
        sign = "=" if self.exact else "≈"
        return f"{self.nominal} {self.left} {sign} {self.figure:f} {self.right}"


def write_equation(
    quoted: Decimal,
    direction: QuotedDirection,
    foreign: str,
    home: str,
    shown: QuotedDirection = "company_per_unit",
    *,
    derived: bool = False,
) -> Equation:
    """Write a rate in the direction in which people read it, at the market's digits.

    The digits of ``quoted`` are kept one by one where it is read in its own direction
    and has few enough for a person or a publisher to have written them; a shorter
    figure gets zeros (7.466 is read as 7.4660), a longer one is rounded to
    :data:`MARKET_DIGITS`.

    Example: 0.0466 ``company_per_unit`` of JPY in CNY is “100 JPY = 4.6600 CNY”.

    :param quoted: in ``direction``, seen from the company whose currency is ``home``
    :param shown: the direction in which the reader's company reads rates
    :param derived: ``quoted`` was found by :func:`shortest_quoted`, nobody wrote it
    :raises InvalidRate: ``quoted`` can't be a rate
    """
    rate = rate_from_quoted(quoted, direction)
    price = quoted if shown == direction else _shorten(rate, shown)
    derived = derived or shown != direction
    longest = DERIVED_DIGITS if derived else READABLE_DIGITS
    left, right = (foreign, home) if shown == "company_per_unit" else (home, foreign)
    nominal = _nominal(left, price)
    price = price.scaleb(2, CONTEXT) if nominal == 100 else price
    decimals = max(LEAST_DECIMALS, MARKET_DIGITS - 1 - price.adjusted())
    figure = price
    if _digits(price) > longest or -price.as_tuple().exponent < decimals:
        unit = Decimal(1).scaleb(-decimals)
        figure = price.quantize(unit, ROUND_HALF_EVEN, CONTEXT)
    exact = abs(divide(figure, price) - 1) <= EQUAL
    return Equation(nominal, left, figure, right, exact)


def write_cross(factor: float, left: str, right: str) -> Equation:
    """Write a rate between two currencies neither of which is the reader's own.

    Example: 0.892857 of USD in EUR is “1 USD ≈ 0.89286 EUR”.

    :param factor: units of ``right`` for 1 unit of ``left``
    :raises InvalidRate: not a finite number above zero
    """
    quoted = _shorten(as_decimal(factor), "unit_per_company")
    return write_equation(quoted, "company_per_unit", left, right, derived=True)


def _nominal(code: str, price: Decimal) -> int:
    """Return of how many units of a currency the price is shown: 1 or 100."""
    bound = 1 if code in BY_THE_HUNDRED else SMALL_PRICE
    return 100 if price < bound else 1


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
