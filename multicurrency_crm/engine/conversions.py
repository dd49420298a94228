"""What changing money at a bank comes to, and what of it is booked: values in, values
out.

Amounts are decimals above 0. A price is written as the bank writes it: so much of one
currency for 1 of the other. Rates are units of a currency for 1 unit of company
currency.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Literal

from .rates import CONTEXT, divide, multiply
from .revaluation import convert

ZERO = Decimal(0)
#: No bank writes a price with more digits.
MOST_DIGITS = 16

Quoting = Literal["to_per_from", "from_per_to"]
Figure = Literal["given", "got", "price"]


# ------------------------------------------------------------ what the bank says


@dataclass(frozen=True, slots=True)
class Deal:
    """What was given to the bank, what was got for it before charges, and the price;
    None: not known yet.

    ``quoting`` says what the price is of: 'to_per_from' of 1 unit that is given,
    'from_per_to' of 1 unit that is got. Steps are the currencies' smallest amounts.
    """

    given: Decimal | None
    got: Decimal | None
    price: Decimal | None
    quoting: Quoting
    given_step: Decimal
    got_step: Decimal

    @property
    def missing(self) -> tuple[Figure, ...]:
        """What isn't known yet."""
        names = ("given", "got", "price")
        return tuple(name for name in names if not getattr(self, name))


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round an amount to the smallest one of its currency, a half away from zero."""
    steps = divide(amount, step).quantize(Decimal(1), ROUND_HALF_UP, CONTEXT)
    return steps * step


def _exact_got(deal: Deal) -> Decimal:
    """Return what is got for what is given, not rounded."""
    if deal.quoting == "to_per_from":
        return multiply(deal.given, deal.price)
    return divide(deal.given, deal.price)


def _exact_given(deal: Deal) -> Decimal:
    """Return what is given for what is got, not rounded."""
    if deal.quoting == "to_per_from":
        return divide(deal.got, deal.price)
    return multiply(deal.got, deal.price)


def agrees(deal: Deal) -> bool:
    """Return whether three figures tell of one deal: computed from one side or from the
    other, less than one smallest amount is between them, since banks round and cut."""
    return (
        abs(_exact_got(deal) - deal.got) < deal.got_step
        or abs(_exact_given(deal) - deal.given) < deal.given_step
    )


def find_price(deal: Deal) -> Decimal:
    """Return the price of fewest digits at which what was given comes to what was got.

    Example: 60,000 USD for 430,800 CNY were 7.18 a dollar.
    """
    pair = (deal.got, deal.given)
    exact = divide(*(pair if deal.quoting == "to_per_from" else reversed(pair)))
    for digits in range(1, MOST_DIGITS):
        price = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(exact)
        tried = replace(deal, price=price)
        if round_to(_exact_got(tried), deal.got_step) == deal.got:
            return Decimal(f"{price.normalize():f}")
    return Decimal(f"{Context(prec=MOST_DIGITS).plus(exact).normalize():f}")


def complete(deal: Deal) -> Deal:
    """Return the deal with the one figure that isn't known, as it follows from the
    other two; the same deal where more are missing, or none."""
    match deal.missing:
        case ("given",):
            return replace(deal, given=round_to(_exact_given(deal), deal.given_step))
        case ("got",):
            return replace(deal, got=round_to(_exact_got(deal), deal.got_step))
        case ("price",):
            return replace(deal, price=find_price(deal))
    return deal


# ------------------------------------------------------------------ what is booked


@dataclass(frozen=True, slots=True)
class Conversion:
    """Money that is changed: two amounts, each with the rate at which the books convert
    its currency that day (1: company currency).

    ``charges`` are in the currency that is got, and taken off ``got``. ``carried`` is
    what the books carry already of a forward's fair value, above 0 as an asset; it is
    0 where no forward is settled. ``step`` is the company currency's smallest amount.
    """

    given: Decimal
    given_rate: Decimal
    got: Decimal
    got_rate: Decimal
    charges: Decimal
    step: Decimal
    by_forward: bool = False
    carried: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Valued:
    """What a conversion comes to in company currency.

    ``result`` is what the bank's price brought against the booking rates,
    ``forward_result`` what a contract's price did: amount × (contract − spot), of which
    ``carried`` was booked before. received + charges = given + result + forward_result.
    """

    given: Decimal
    got: Decimal
    received: Decimal
    charges: Decimal
    result: Decimal
    forward_result: Decimal
    carried: Decimal

    @property
    def forward_gain(self) -> Decimal:
        """What of the forward's result wasn't booked before."""
        return self.forward_result - self.carried


def value(conversion: Conversion) -> Valued:
    """Value a conversion at the booking rates of its day.

    USD 60,000 sold at 7.18, spot 7.20, charges 50: given 432,000, received 430,750,
    result −1,200. By a forward at 7.25 it is received 434,950, forward result 3,000.

    :raises ValueError: a fair value is carried, and no forward is settled
    """
    if conversion.carried and not conversion.by_forward:
        raise ValueError("a fair value is carried of a forward only")
    step = conversion.step
    given = convert(conversion.given, conversion.given_rate, step)
    got = convert(conversion.got, conversion.got_rate, step)
    net = conversion.got - conversion.charges
    received = convert(net, conversion.got_rate, step)
    difference = got - given
    return Valued(
        given=given,
        got=got,
        received=received,
        # what remains, so that rounding leaves nothing over
        charges=got - received,
        result=ZERO if conversion.by_forward else difference,
        forward_result=difference if conversion.by_forward else ZERO,
        carried=conversion.carried,
    )


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of the entry, above 0 a debit. ``foreign`` is in the currency of the side
    that ``role`` belongs to; None: company currency alone."""

    role: Literal["from", "to", "charges", "gain", "loss", "carried", "forward"]
    balance: Decimal
    foreign: Decimal | None = None


def book(conversion: Conversion) -> tuple[Booking, ...]:
    """Say what the entry of a conversion books: debits equal credits; none of 0."""
    valued = value(conversion)
    net = conversion.got - conversion.charges
    result = "gain" if valued.result > 0 else "loss"
    lines = (
        Booking("to", valued.received, net),
        Booking("charges", valued.charges, conversion.charges),
        Booking("from", -valued.given, -conversion.given),
        Booking(result, -valued.result),
        Booking("carried", -valued.carried),
        Booking("forward", -valued.forward_gain),
    )
    return tuple(line for line in lines if line.balance or line.foreign)
