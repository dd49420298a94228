"""From published quotes to rates in a company's currency: each crossed once."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from .calendars import ONE_DAY, Calendar
from .currency_changes import ended
from .errors import MissingRate
from .rates import Quote, cross, quotes_by_day

Applies = Literal["same", "next", "next_working"]


class PlannedRate(NamedTuple):
    """A rate that could be booked: units of the currency for 1 of the company's.

    ``day`` is the day of the books, ``published_on`` the one that the publisher wrote
    on it, ``quoted`` the text of the quotes from which it follows. ``unconfirmed``: the
    first rate of a currency, which no second provider has seen.
    """

    currency_id: int
    day: datetime.date
    rate: Decimal
    quoted: str
    kind: str
    published_on: datetime.date
    unconfirmed: bool = False


#: {currency id: {day of the books: rate}}
PlannedRates = Mapping[int, Mapping[datetime.date, PlannedRate]]
NO_RATES: Mapping[str, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Crossed:
    """Quotes in the company currency.

    ``ended``: codes of currencies that were no more on the day of a quote. ``seen``:
    codes of which the quotes say something at all, the publisher's base among them.
    """

    rates: PlannedRates
    ended: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()


def get_book_day(
    quote: Quote, applies: Applies, calendar: Calendar | None
) -> datetime.date:
    """Return the day of the books to which a quote belongs.

    A bank's price of Friday that applies on the next working day is Monday's.

    :param calendar: the publisher's; needed for ``next_working`` only
    """
    if applies == "next":
        return quote.date + ONE_DAY
    if applies == "next_working":
        return calendar.next_working_day(quote.date)
    return quote.valid_from or quote.date


def cross_quotes(
    quotes: Iterable[Quote],
    base: str,
    currency_ids: Mapping[str, int],
    *,
    applies: Applies = "same",
    calendar: Calendar | None = None,
    bridges: Mapping[datetime.date, Mapping[str, Decimal]] | None = None,
) -> Crossed:
    """Express one publisher's quotes in the company currency.

    A day on which ``base`` has no quote is left out. Of two publications for one day
    of the books the later one counts.

    :param quotes: of one kind, with one base
    :param base: code of the company currency
    :param currency_ids: {code: id} of the currencies wanted
    :param bridges: {day of the books: {code: units for 1 unit of the publisher's
        base}} of what the books know and a publisher of constants doesn't quote
    :raises ConflictingQuotes: quotes that contradict each other
    """
    rates: dict[int, dict[datetime.date, PlannedRate]] = defaultdict(dict)
    gone, seen = set(), set()
    for published_on, published in sorted(quotes_by_day(quotes).items()):
        pivot = next(iter(published.values()))
        day = get_book_day(pivot, applies, calendar)
        bridge = (bridges or {}).get(day, NO_RATES)
        own = {code: quote.rate for code, quote in published.items()}
        try:
            crossed = cross({**bridge, **own}, pivot.base, base)
        except MissingRate:
            continue
        seen |= crossed.keys() & {*own, pivot.base}
        # the base of a bridge is in the books already
        stated = own.keys() if bridge else crossed.keys()
        for code in sorted(stated & currency_ids.keys()):
            if ended(code, day):
                gone.add(code)
                continue
            rates[currency_ids[code]][day] = PlannedRate(
                currency_ids[code],
                day,
                crossed[code],
                describe_quotes(published, code, base),
                pivot.kind,
                published_on,
            )
    return Crossed(dict(rates), frozenset(gone), frozenset(seen))


def describe_quotes(published: Mapping[str, Quote], code: str, base: str) -> str:
    """Write the quotes behind one rate: ``1 EUR = 1.1172 USD; 1 EUR = 7.4326 CNY``."""
    return "; ".join(str(published[c]) for c in (code, base) if c in published)
