"""Exchange rates as people and publishers state them, and the rates that follow.

Every figure is a :class:`~decimal.Decimal`. Divisions run in a context of
:data:`PRECISION` significant digits, whatever the caller's own context is, so a
rate is rounded once and far below what a float or a column can show.

Two vocabularies meet here and are kept apart:

* a *published* quote has a direction seen from the publisher's base
  (``foreign_per_base``, ``base_per_foreign``) and a nominal;
* a *typed* quote has a direction seen from the company (``company_per_unit``,
  ``unit_per_company``). The rate that follows from it is always units of the
  document currency for 1 unit of the company currency.
"""

import datetime
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Literal

from .errors import (
    ConflictingQuotes,
    InvalidQuote,
    InvalidRate,
    MissingRate,
    RateError,
    _lt,
)

__all__ = [
    "ConflictingQuotes",
    "InvalidQuote",
    "InvalidRate",
    "MissingRate",
    "Quote",
    "RateError",
]

#: Significant digits of every division: those of IEEE 754 decimal128.
PRECISION = 34
CONTEXT = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN)

QuoteDirection = Literal["foreign_per_base", "base_per_foreign"]
QuotedDirection = Literal["company_per_unit", "unit_per_company"]

QUOTE_DIRECTIONS = ("foreign_per_base", "base_per_foreign")
QUOTED_DIRECTIONS = ("company_per_unit", "unit_per_company")
#: what a published price is: the middle of the market, a figure that a law or a
#: house rules by, what a bank pays and asks for balances and for banknotes, a plan
KINDS = ("mid", "official", "buy", "sell", "cash_buy", "cash_sell", "budget")

#: two rates that differ by less are the same: floats went through a few divisions
SAME_RATE = 1e-12

#: what 1 unit of a currency can cost: the rial and the old lira are far inside
LEAST, MOST = Decimal("1e-9"), Decimal("1e9")

#: the days that a rate can be of: what is outside is a mistyped year, or a publisher's
#: way to say "none"
FIRST_DAY, LAST_DAY = datetime.date(1970, 1, 1), datetime.date(2999, 12, 31)

_CODE = re.compile(r"[A-Z]{3}")
_TYPED = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
#: what a Chinese or Japanese keyboard writes: the same digits, point and sign, wider
_WIDE = str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+")


def check_rate(value: Decimal) -> Decimal:
    """Return ``value`` if it can be a rate: a finite Decimal above zero.

    :raises InvalidRate: zero, negative, NaN, infinite, or not a Decimal
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        raise InvalidRate(
            _lt("%(value)s isn't a valid rate: write a number above zero."), value=value
        )
    if value <= 0:
        raise InvalidRate(
            _lt("A rate is above zero, %(value)s is not: correct it."), value=value
        )
    return value


def as_decimal(number: Decimal | float | int | str) -> Decimal:
    """Turn a number into the Decimal of its shortest text (0.1 is 0.1).

    :raises InvalidRate: as :func:`check_rate`
    """
    try:
        return check_rate(Decimal(str(number)))
    except ArithmeticError:
        raise InvalidRate(
            _lt("%(value)s isn't a valid rate: write a number above zero."),
            value=number,
        ) from None


def is_rate_day(day: datetime.date) -> bool:
    """Whether a rate can be of that day."""
    return FIRST_DAY <= day <= LAST_DAY


def is_same_rate(rate: float, other: float) -> bool:
    """Whether two rates are one, but for what floats lose on their way."""
    return math.isclose(rate, other, rel_tol=SAME_RATE)


def divide(dividend: Decimal | int, divisor: Decimal | int) -> Decimal:
    """Divide at :data:`PRECISION` digits, whatever the current context says."""
    with localcontext(CONTEXT):
        return Decimal(dividend) / Decimal(divisor)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """Multiply at :data:`PRECISION` digits, whatever the current context says."""
    with localcontext(CONTEXT):
        return left * right


@dataclass(frozen=True, slots=True)
class Quote:
    """One published price, as the publisher wrote it.

    ``foreign_per_base``: ``value`` units of ``currency`` for ``nominal`` units of
    ``base``. ``base_per_foreign``: ``value`` units of ``base`` for ``nominal``
    units of ``currency`` (100 JPY = 4.6012 CNY is base CNY, currency JPY, value
    4.6012, nominal 100). ``str(value)`` is the text that was published.

    ``date`` is the day that the publisher writes on the price; ``valid_from`` the day
    from which it holds, where the publisher says another.
    """

    base: str
    currency: str
    value: Decimal
    nominal: int
    direction: QuoteDirection
    date: datetime.date
    kind: str = "mid"
    source: str = ""
    valid_from: datetime.date | None = None

    def __post_init__(self):
        check_rate(self.value)
        for code in (self.base, self.currency):
            if not isinstance(code, str) or not _CODE.fullmatch(code):
                raise InvalidQuote(
                    _lt("%(code)s isn't a valid currency code: write three capitals."),
                    code=code,
                )
        if self.base == self.currency:
            raise InvalidQuote(
                _lt("A quote names two currencies, this one %(code)s twice."),
                code=self.base,
            )
        if type(self.nominal) is not int or self.nominal < 1:
            raise InvalidQuote(
                _lt("A quote is for 1, 10, 100 … units, not for %(nominal)s."),
                nominal=self.nominal,
            )
        if self.direction not in QUOTE_DIRECTIONS:
            raise InvalidQuote(
                _lt("%(direction)s isn't a valid direction of a quote."),
                direction=self.direction,
            )
        if self.kind not in KINDS:
            raise InvalidQuote(
                _lt("%(kind)s isn't a valid kind of a quote."), kind=self.kind
            )
        self._check_days()
        if not LEAST <= self.rate <= MOST:
            raise InvalidRate(_lt("%(rate)s can't be a rate."), rate=f"{self.rate:.3e}")

    def _check_days(self):
        """:raises InvalidQuote: one of its dates can't be a rate's"""
        for day in (self.date, self.valid_from or self.date):
            # a datetime is a date too, and would never equal one in a table of days
            moment = isinstance(day, datetime.datetime)
            is_date = isinstance(day, datetime.date) and not moment
            if not is_date or not is_rate_day(day):
                raise InvalidQuote(
                    _lt("%(date)s isn't a valid date of a quote."), date=day
                )

    @property
    def rate(self) -> Decimal:
        """Units of ``currency`` for 1 unit of ``base``."""
        if self.direction == "foreign_per_base":
            return divide(self.value, self.nominal)
        return divide(self.nominal, self.value)

    def __str__(self) -> str:
        """Write the quote as an equation: ``1 EUR = 1.1172 USD``."""
        left, right = self.base, self.currency
        if self.direction == "base_per_foreign":
            left, right = right, left
        return f"{self.nominal} {left} = {self.value:f} {right}"


def plain_digits(text: str) -> str:
    """Write full-width digits, points and signs (７．１) as plain ones (7.1)."""
    return text.strip().translate(_WIDE)


def parse_quoted(text: str, decimal_point: str = ".") -> Decimal:
    """Read a rate that a person typed, digit by digit as typed.

    Digits, full-width ones too, and at most one ``decimal_point`` are understood; a
    thousands separator, a sign or an exponent is refused, because a guess could be
    wrong a thousandfold.
    Trailing zeros are kept: :func:`format_quoted` prints back the same digits.

    :raises InvalidRate: not such a number, not above zero, or more than
        :data:`PRECISION` digits
    """
    cleaned = plain_digits(text)
    if decimal_point != ".":
        if "." in cleaned:
            cleaned = ""
        cleaned = cleaned.replace(decimal_point, ".")
    if not _TYPED.fullmatch(cleaned) or len(cleaned) > PRECISION + 1:
        raise InvalidRate(
            _lt(
                "“%(text)s” isn't a valid rate: write a number above zero such as "
                "7%(point)s1234, without a thousands separator."
            ),
            text=text,
            point=decimal_point,
        )
    return check_rate(Decimal(cleaned))


def format_quoted(quoted: Decimal, decimal_point: str = ".") -> str:
    """Print a quoted rate with exactly its own digits, never with an exponent."""
    return f"{check_rate(quoted):f}".replace(".", decimal_point)


def rate_from_quoted(quoted: Decimal, direction: QuotedDirection) -> Decimal:
    """Return units of the document currency for 1 unit of the company currency.

    ``company_per_unit``: ``quoted`` is company currency for 1 unit of the document
    currency, so the rate is its inverse; ``unit_per_company`` is the rate itself.

    :raises InvalidRate: ``quoted`` can't be a rate
    :raises InvalidQuote: unknown direction
    """
    check_rate(quoted)
    if direction == "unit_per_company":
        return quoted
    if direction == "company_per_unit":
        return divide(1, quoted)
    raise InvalidQuote(
        _lt("%(direction)s isn't a valid direction of a quote."), direction=direction
    )


def quoted_from_rate(
    rate: Decimal, direction: QuotedDirection, digits: int | None = None
) -> Decimal:
    """Express a rate of the market in a quoted direction, for a person to read.

    The reverse of :func:`rate_from_quoted`, for rates that nobody quoted; where a
    quoted figure exists it is kept and printed, never derived again.

    :param digits: significant digits to round to, trailing zeros dropped (12 hides
        what a float has lost); None keeps :data:`PRECISION`
    """
    quoted = rate_from_quoted(rate, direction)
    if digits is None:
        return quoted
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(quoted)
    return Decimal(f"{rounded.normalize():f}")


def cross(rates: Mapping[str, Decimal], pivot: str, base: str) -> dict[str, Decimal]:
    """Express rates against ``pivot`` as rates against ``base``.

    rate(base → X) = rate(pivot → X) / rate(pivot → base), divided once.

    :param rates: units of each currency for 1 unit of ``pivot``
    :return: units of each other currency, the pivot included, for 1 unit of
        ``base``; never ``base`` itself
    :raises MissingRate: ``base`` is neither the pivot nor among the rates
    """
    if base == pivot:
        return {code: rate for code, rate in rates.items() if code != base}
    if base not in rates:
        raise MissingRate(
            _lt("There is no rate of %(pivot)s in %(base)s."), pivot=pivot, base=base
        )
    base_rate = check_rate(rates[base])
    crossed = {
        code: divide(rate, base_rate) for code, rate in rates.items() if code != base
    }
    crossed[pivot] = divide(1, base_rate)
    return crossed


def quotes_by_day(
    quotes: Iterable[Quote],
) -> dict[datetime.date, dict[str, Quote]]:
    """Sort the quotes of one publisher by day and currency; a quote twice is one.

    :raises ConflictingQuotes: one currency has two different rates on one day, or
        the quotes don't share their base
    """
    days: dict[datetime.date, dict[str, Quote]] = {}
    base = None
    for quote in quotes:
        base = base or quote.base
        if quote.base != base:
            raise ConflictingQuotes(
                _lt("The quotes mix the bases %(first)s and %(second)s."),
                first=base,
                second=quote.base,
            )
        known = days.setdefault(quote.date, {}).setdefault(quote.currency, quote)
        if known is not quote and known.rate != quote.rate:
            raise ConflictingQuotes(
                _lt("%(currency)s has two different rates on %(date)s."),
                currency=quote.currency,
                date=quote.date,
            )
    return days
