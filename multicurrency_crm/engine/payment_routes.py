"""By which way a currency is paid: plain values in, one route out, no Odoo.

A company lists its routes in an order; the first that fits a document counts. Amounts
are decimals in the currency of the document, which is that of the route: nothing is
converted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Why no route was found: the company has none in that currency; each of those that
#: would fit names a bank account or journal that can't be paid to; none is for such a
#: document.
NONE, BROKEN, UNFIT = "none", "broken", "unfit"


@dataclass(frozen=True, slots=True)
class Route:
    """A way to pay a currency, and for which documents it is."""

    id: int
    currency: int
    countries: frozenset[int] = frozenset()  # empty: any
    tags: frozenset[int] = frozenset()  # of customers, one is enough; empty: any
    least: Decimal = Decimal(0)
    most: Decimal | None = None  # None: no bound
    works: bool = True  # its bank account and journal can be paid to


@dataclass(frozen=True, slots=True)
class Paid:
    """What is to be paid, and by whom."""

    currency: int
    amount: Decimal
    country: int | None = None
    tags: frozenset[int] = frozenset()


def fits(route: Route, paid: Paid) -> bool:
    """Return whether a route is for such a document, working or not.

    Bounds are both inclusive. A payer without a country isn't in any; credit, below 0,
    counts by its size.
    """
    amount = abs(paid.amount)
    return (
        route.currency == paid.currency
        and (not route.countries or paid.country in route.countries)
        and (not route.tags or bool(route.tags & paid.tags))
        and route.least <= amount
        and (route.most is None or amount <= route.most)
    )


def choose(routes: Sequence[Route], paid: Paid) -> int | None:
    """Return the id of the first route that works and fits; None: there is none.

    :param routes: in the company's order
    """
    return next((one.id for one in routes if one.works and fits(one, paid)), None)


def explain_none(routes: Sequence[Route], paid: Paid) -> str | None:
    """Return why no route is found: ``NONE``, ``BROKEN`` or ``UNFIT``; None where one
    is."""
    if choose(routes, paid) is not None:
        return None
    if not any(one.currency == paid.currency for one in routes):
        return NONE
    return BROKEN if any(fits(one, paid) for one in routes) else UNFIT
