"""Which rates are kept out of the books until a person decides.

A wrong rate is worse than no rate: what is unknown, jumping, zero, too old or of a day
to come is held. How far a rate may move is decided in :mod:`~.checks`; here all checks
of one plan are put in their order.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from . import checks
from .crossing import PlannedRate, PlannedRates


class BookedRate(NamedTuple):
    """A rate that is there: units of the currency for 1 of the company's.

    ``provider_id`` is None where a person typed it for the company, 0 where it repeats
    a rate that was typed for all of them; ``in_books`` is False for a named rate.
    """

    rate: float
    provider_id: int | None
    published_on: datetime.date | None
    in_books: bool = True

    @property
    def is_typed(self) -> bool:
        """Whether a person typed it."""
        return self.in_books and not self.provider_id


#: {currency id: {day: what is there}}
BookedRates = Mapping[int, Mapping[datetime.date, BookedRate]]


@dataclass(frozen=True, slots=True)
class Limits:
    """By what rates are checked before they are booked.

    ``max_jump`` and ``confirm_tolerance`` are fractions. ``newest_allowed``: the latest
    date that the publisher can have written by now. ``live_on``: today, where the
    newest rates were asked for, so that one older than ``max_age_days`` is no news;
    else None. ``rejected``: (currency id, day, text of the quotes) that a person has
    refused. ``confirming``: {currency id: {day: rate}} of a second provider.
    """

    max_jump: Decimal
    newest_allowed: datetime.date
    max_age_days: int = 0
    live_on: datetime.date | None = None
    rejected: Collection[tuple[int, datetime.date, str]] = frozenset()
    confirming: Mapping[int, Mapping[datetime.date, Decimal]] = field(
        default_factory=dict
    )
    confirm_tolerance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class HeldRate:
    """A rate that is kept out of the books until a person decides, and why.

    ``doubt``: what it was compared with, for ``jump`` and ``scale``; ``other_rate``:
    what the confirming provider says, for ``disagreement``.
    """

    row: PlannedRate
    reason: str
    doubt: checks.Doubt | None = None
    other_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Rates of one currency, or of all, after the checks."""

    passed: Mapping
    held: tuple[HeldRate, ...] = ()
    ignored: tuple[PlannedRate, ...] = ()


def check_rates(
    planned: PlannedRates, booked: BookedRates, limits: Limits | None
) -> Checked:
    """Take doubtful rates out of what one provider has published for one company.

    :param booked: what is there around the days planned
    :param limits: None where a person has accepted the rates
    """
    if limits is None:
        return Checked(planned)
    checked = {
        currency_id: _check_currency(
            limits,
            rows,
            booked.get(currency_id, {}),
            limits.confirming.get(currency_id, {}),
        )
        for currency_id, rows in planned.items()
    }
    return Checked(
        {currency_id: result.passed for currency_id, result in checked.items()},
        tuple(held for result in checked.values() for held in result.held),
        tuple(row for result in checked.values() for row in result.ignored),
    )


def _check_currency(
    limits: Limits,
    rows: Mapping[datetime.date, PlannedRate],
    there: Mapping[datetime.date, BookedRate],
    confirming: Mapping[datetime.date, Decimal],
) -> Checked:
    """Check one currency: each check sees what the one before it let pass."""
    rejected = tuple(
        row
        for day, row in rows.items()
        if (row.currency_id, day, row.quoted) in limits.rejected
    )
    dated = _check_dates(limits, _without(rows, rejected), there)
    moved = _check_moves(limits, dated.passed, there)
    confirmed = _check_other(limits, moved.passed, there, confirming)
    return Checked(
        confirmed.passed,
        (*dated.held, *moved.held, *confirmed.held),
        (*rejected, *dated.ignored),
    )


def _check_dates(
    limits: Limits,
    rows: Mapping[datetime.date, PlannedRate],
    there: Mapping[datetime.date, BookedRate],
) -> Checked:
    """Hold what is dated later than it can be, or too old to be news.

    What is in the books already is no news, but no mistake either.
    """
    future = [
        row
        for row in rows.values()
        if checks.check_date(row.published_on, limits.newest_allowed)
    ]
    held = [HeldRate(row, "future") for row in future]
    rows = _without(rows, future)
    if limits.live_on is None or not rows:
        return Checked(rows, tuple(held))
    newest = rows[max(rows)]
    if not checks.is_too_old(newest.published_on, limits.live_on, limits.max_age_days):
        return Checked(rows, tuple(held))
    old = [row for day, row in rows.items() if day not in there]
    if newest.day not in there:
        held.append(HeldRate(newest, "old"))
    ignored = tuple(row for row in old if row.day != newest.day)
    return Checked(_without(rows, old), tuple(held), ignored)


def _check_moves(
    limits: Limits,
    rows: Mapping[datetime.date, PlannedRate],
    there: Mapping[datetime.date, BookedRate],
) -> Checked:
    """Hold what differs too much from the booked rates around it.

    A rate that a person typed is one of them; but where the typed rate is at odds with
    what this and other providers brought before, it is no measure. What was typed for
    all companies says nothing of this one's currency.
    """
    published = {day: row.rate for day, row in rows.items()}
    booked = {day: r.rate for day, r in there.items() if r.provider_id != 0}
    doubts = checks.check_series(published, booked, limits.max_jump)
    if doubts:
        fetched = {day: r.rate for day, r in there.items() if r.provider_id}
        if fetched and len(fetched) < len(booked):
            again = checks.check_series(published, fetched, limits.max_jump)
            doubts = {day: again[day] for day in doubts.keys() & again.keys()}
    held = tuple(
        HeldRate(rows[day], doubt.reason, doubt=doubt) for day, doubt in doubts.items()
    )
    return Checked(_without(rows, [one.row for one in held]), held)


def _check_other(
    limits: Limits,
    rows: Mapping[datetime.date, PlannedRate],
    there: Mapping[datetime.date, BookedRate],
    confirming: Mapping[datetime.date, Decimal],
) -> Checked:
    """Hold what the confirming provider sees otherwise; mark first rates."""
    is_first = checks.first_days(
        {day: row.rate for day, row in rows.items()},
        {day: rate.rate for day, rate in there.items()},
    )
    passed, held = {}, []
    for day, row in rows.items():
        other = confirming.get(day)
        if other is None:
            is_unknown = is_first and day not in there
            passed[day] = row._replace(unconfirmed=True) if is_unknown else row
        elif checks.disagreement(row.rate, other, limits.confirm_tolerance):
            held.append(HeldRate(row, "disagreement", other_rate=other))
        else:
            passed[day] = row
    return Checked(passed, tuple(held))


class Refused(Protocol):
    """A published figure that can't be a rate, as it was written."""

    base: str
    currency: str
    text: str
    date: datetime.date
    kind: str


def hold_refused(
    refused: Iterable[Refused], kind: str, currency_ids: Mapping[str, int]
) -> tuple[HeldRate, ...]:
    """Hold figures that can't be rates, each with the rate 0.

    :param kind: what is wanted of the publisher; other kinds are left out
    :param currency_ids: {code: id} of the currencies wanted, and of the company's:
        without it nothing else can be crossed
    """
    return tuple(
        HeldRate(
            PlannedRate(
                currency_ids[quote.currency],
                quote.date,
                Decimal(0),
                f"{quote.base}/{quote.currency}: {quote.text}",
                quote.kind,
                quote.date,
            ),
            _find_fault(quote.text),
        )
        for quote in refused
        if quote.currency in currency_ids and quote.kind == kind
    )


def _find_fault(text: str) -> Literal["zero", "negative", "not_number"]:
    """Find why a published figure can't be a rate."""
    try:
        figure = Decimal(text)
    except ArithmeticError:
        return "not_number"
    if figure.is_finite() and figure <= 0:
        return "zero" if figure == 0 else "negative"
    return "not_number"


def _without(
    rows: Mapping[datetime.date, PlannedRate], taken: Iterable[PlannedRate]
) -> Mapping[datetime.date, PlannedRate]:
    """Return a currency's rates without some of them."""
    days = {row.day for row in taken}
    if not days:
        return rows
    return {day: row for day, row in rows.items() if day not in days}
