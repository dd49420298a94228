"""What becomes of published rates in one company's books.

A pure function of what is known (:class:`Situation`) to what is to be done
(:class:`Plan`): nothing is read or written here. The books are a function of what the
providers have published, not of the order in which it came: of two that know a currency
the one that ranks first is booked; the other fills the days that the first should have
had and hasn't, and those on which the first's newest rate is too old.
"""

import datetime
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .booking_checks import BookedRate, BookedRates, HeldRate, Limits, check_rates
from .calendars import ONE_DAY, Calendar, next_month
from .crossing import Applies, PlannedRate, PlannedRates
from .rates import is_same_rate

#: how far around the days of a plan booked rates are looked at
NEAR = datetime.timedelta(400)

#: each day's rate, the month's first one, the last one before the month
Booking = Literal["day", "first", "before"]
Fate = Literal["new", "same", "differing", "replaced", "typed", "aside"]
#: a currency's id and a day of the books
Place = tuple[int, datetime.date]
#: {currency id: {provider id: sorted days on which it has the currency}}
KnownDays = Mapping[int, Mapping[int, Sequence[datetime.date]]]


@dataclass(frozen=True, slots=True)
class RankedProvider:
    """A provider among those of a company's booking rate.

    Of two the lower ``sequence`` comes first, then the lower ``id``. ``rules``: it
    answers for the days after its rates, too. ``calendar``: when it publishes; None
    where nothing can be expected of it. ``has_failed``: its last attempt has.
    """

    id: int
    sequence: int = 10
    max_age_days: int = 7
    applies: Applies = "same"
    calendar: Calendar | None = None
    has_failed: bool = False
    rules: bool = True

    def comes_before(self, other: "RankedProvider") -> bool:
        """Whether this provider's rates are booked rather than the other's."""
        return (self.sequence, self.id) < (other.sequence, other.id)

    def answers_for(
        self,
        day: datetime.date,
        days: Sequence[datetime.date],
        now: datetime.datetime,
    ) -> bool:
        """Whether this provider's own rates rule on a day that it hasn't.

        After a day that it has, until that rate is too old, unless it should have
        published one for ``day`` and surely hasn't.

        :param days: sorted days on which it has the currency
        """
        position = bisect_left(days, day)
        if not self.rules or not position:
            return False
        if (day - days[position - 1]).days > self.max_age_days:
            return False
        is_newest = position == len(days)
        return not (self.has_missed(day, now) or (is_newest and self.has_failed))

    def has_missed(self, day: datetime.date, now: datetime.datetime) -> bool:
        """Whether it should have a rate for ``day`` of the books, by its calendar."""
        calendar = self.calendar
        if not calendar:
            return False
        published_on = day
        if self.applies == "next":
            published_on = day - ONE_DAY
        elif self.applies == "next_working":
            published_on = day - ONE_DAY
            while not calendar.is_working_day(published_on):
                published_on -= ONE_DAY
            if calendar.next_working_day(published_on) != day:
                return False
        return (
            calendar.publishes_on(published_on)
            and calendar.is_sure(published_on)
            and calendar.moment(published_on) <= now
        )


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a plan depends on.

    ``provider`` has published ``published``; ``others`` are the providers that
    ``booked`` and ``named`` speak of, by id. ``booked``: {currency id: {day: rate}}
    within :data:`NEAR` of the days published, for months and for rates by name with
    this provider's named rates. ``named``: {currency id: {provider id: days}} that are
    kept by name. ``booking`` is None where the rates aren't booking rates, ``limits``
    where a person has accepted them.
    """

    provider: RankedProvider
    published: PlannedRates
    booked: BookedRates
    now: datetime.datetime
    booking: Booking | None = "day"
    others: Mapping[int, RankedProvider] = field(default_factory=dict)
    named: Mapping[int, Mapping[int, Collection[datetime.date]]] = field(
        default_factory=dict
    )
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of rates in one company's books.

    Booked by the day, each rate published is in exactly one of ``to_book``, ``named``,
    ``held``, ``settled`` and ``ignored``. By the month all that passed are ``named``,
    and ``to_book``, ``settled`` and ``covered`` are the months' rates chosen of them.

    :ivar to_book: rates to write into the books
    :ivar named: rates to keep by name
    :ivar held: rates on which somebody must decide
    :ivar settled: rates of places where a person, or a later quote, has the last word
    :ivar covered: rates of places for which an earlier provider answers
    :ivar ignored: rates rejected before, and old ones that a live fetch brings along
    :ivar dropped: places that providers behind have in the books until now
    :ivar there: what was booked, as in :class:`Situation`
    :ivar missing: codes of wanted currencies that aren't published
    :ivar skipped: codes of currencies that are no more
    """

    booking: Booking | None = "day"
    to_book: tuple[PlannedRate, ...] = ()
    named: tuple[PlannedRate, ...] = ()
    held: tuple[HeldRate, ...] = ()
    settled: tuple[PlannedRate, ...] = ()
    covered: tuple[PlannedRate, ...] = ()
    ignored: tuple[PlannedRate, ...] = ()
    dropped: tuple[Place, ...] = ()
    there: BookedRates = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def make_plan(situation: Situation) -> Plan:
    """Sort published rates into those to book, to keep by name and to hold."""
    if situation.booking is None:
        return _plan_named(situation)
    if situation.booking == "day":
        return _plan_days(situation)
    return _plan_months(situation)


def _plan_named(situation: Situation) -> Plan:
    """Keep by name what passes: these are no booking rates."""
    checked = check_rates(situation.published, situation.booked, situation.limits)
    return Plan(
        booking=None,
        named=_list_rates(checked.passed),
        held=checked.held,
        ignored=checked.ignored,
        there=situation.booked,
    )


def _plan_days(situation: Situation) -> Plan:
    """Book each day's rate, unless a person or an earlier provider comes first.

    What others answer for is neither booked nor in need of a check.
    """
    known = _find_known_days(situation, situation.published)
    ceded = _give_way(situation, situation.published, known)
    checked = check_rates(ceded.left, situation.booked, situation.limits)
    own = _merge_rates(ceded.covered, _list_rates(checked.passed))
    return Plan(
        booking="day",
        to_book=_list_rates(checked.passed),
        named=ceded.covered,
        held=checked.held,
        settled=ceded.settled,
        covered=ceded.covered,
        ignored=checked.ignored,
        dropped=_find_dropped(situation, known, own),
        there=situation.booked,
    )


def _plan_months(situation: Situation) -> Plan:
    """Book one rate a month, and keep each day's by name."""
    checked = check_rates(situation.published, situation.booked, situation.limits)
    chosen = choose_months(situation, checked.passed)
    known = _find_known_days(situation, chosen)
    ceded = _give_way(situation, chosen, known)
    return Plan(
        booking=situation.booking,
        to_book=_list_rates(ceded.left),
        named=_list_rates(checked.passed),
        held=checked.held,
        settled=ceded.settled,
        covered=ceded.covered,
        ignored=checked.ignored,
        there=situation.booked,
    )


# === WHO COMES FIRST === #


@dataclass(frozen=True, slots=True)
class _Ceded:
    """Rates after a person and earlier providers have had theirs."""

    left: PlannedRates
    settled: tuple[PlannedRate, ...]
    covered: tuple[PlannedRate, ...]


def _find_known_days(situation: Situation, planned: PlannedRates) -> KnownDays:
    """Find the days of which each provider has brought the currencies planned.

    What is kept by name counts as what is booked does: else it would matter whether
    the provider that covers it came before it or after it. Where a rate a month is
    booked, each month is its own, and what is kept by name says nothing.
    """
    known = {}
    for currency_id in planned:
        days = defaultdict(set)
        for day, rate in situation.booked.get(currency_id, {}).items():
            if rate.in_books and rate.provider_id:
                days[rate.provider_id].add(day)
        if situation.booking == "day":
            named = situation.named.get(currency_id, {})
            for provider_id, of_provider in named.items():
                days[provider_id].update(of_provider)
        known[currency_id] = {key: sorted(found) for key, found in days.items()}
    return known


def _give_way(situation: Situation, planned: PlannedRates, known: KnownDays) -> _Ceded:
    """Take out the days on which a person or an earlier provider rules."""
    left, settled, covered = {}, [], []
    for currency_id, rows in planned.items():
        there = situation.booked.get(currency_id, {})
        above = _select(situation, known[currency_id], is_before=True)
        left[currency_id] = rest = {}
        for day, row in rows.items():
            if _is_settled(situation.provider, row, there.get(day)):
                settled.append(row)
            elif _is_covered(situation, day, above):
                covered.append(row)
            else:
                rest[day] = row
    return _Ceded(left, tuple(settled), tuple(covered))


def _is_settled(
    provider: RankedProvider, row: PlannedRate, there: BookedRate | None
) -> bool:
    """Whether a person, or a later quote of this provider, has had the last word.

    Two quotes may be for one day of the books: those of a Saturday and a Sunday for
    the next working day.
    """
    if there is None or not there.in_books:
        return False
    if there.is_typed:
        return True
    is_own = there.provider_id == provider.id
    return is_own and row.published_on < there.published_on < row.day


def _find_dropped(
    situation: Situation, known: KnownDays, own: PlannedRates
) -> tuple[Place, ...]:
    """Find the places that this provider takes from those behind it from now on.

    Only what has passed the checks takes another's rate out of the books.

    :param own: rates of this provider that are to be booked or kept by name
    :return: places, those to be booked among them
    """
    provider = situation.provider
    dropped = []
    for currency_id, days in known.items():
        there = situation.booked.get(currency_id, {})
        own_days = {*days.get(provider.id, ()), *own.get(currency_id, ())}
        mine = [(provider, sorted(own_days))]
        for other, of_other in _select(situation, days, is_before=False):
            dropped += [
                (currency_id, day)
                for day in of_other
                if day in there
                and there[day].provider_id == other.id
                and _is_covered(situation, day, mine)
            ]
    return tuple(dropped)


def _select(
    situation: Situation,
    days: Mapping[int, Sequence[datetime.date]],
    *,
    is_before: bool,
) -> list[tuple[RankedProvider, Sequence[datetime.date]]]:
    """Select the providers before this one, or those behind it, with their days."""
    provider = situation.provider
    return [
        (situation.others[key], of_other)
        for key, of_other in days.items()
        if key != provider.id
        and situation.others[key].comes_before(provider) == is_before
    ]


def _is_covered(
    situation: Situation,
    day: datetime.date,
    providers: Iterable[tuple[RankedProvider, Sequence[datetime.date]]],
) -> bool:
    """Whether one of the providers has ``day``, or answers for it.

    Where a rate a month is booked, each month is its own.
    """
    by_day = situation.booking == "day"
    return any(
        _is_among(day, days)
        or (by_day and provider.answers_for(day, days, situation.now))
        for provider, days in providers
    )


def _is_among(day: datetime.date, days: Sequence[datetime.date]) -> bool:
    """Whether sorted ``days``, which may be those of many years, hold ``day``."""
    position = bisect_left(days, day)
    return position < len(days) and days[position] == day


# === ONE RATE A MONTH === #


def choose_months(situation: Situation, planned: PlannedRates) -> PlannedRates:
    """Choose each month's rate among daily ones.

    ``first``: the first that is published in the month; ``before``: the last that was
    published before it. Either is booked on the month's first day, and gives way to a
    better one that comes later.

    :return: {currency id: {first day of a month: rate}}
    """
    best: dict[int, dict[datetime.date, PlannedRate]] = defaultdict(dict)
    # of two with one day of publication the later day counts
    rows = sorted(_list_rates(planned), key=lambda row: (row.published_on, row.day))
    for row in rows:
        is_before = situation.booking == "before"
        month = next_month(row.day) if is_before else row.day.replace(day=1)
        chosen = best[row.currency_id].get(month)
        known = chosen or _get_known_of_month(situation, row.currency_id, month)
        if known is None or _is_better(situation.booking, row, known):
            best[row.currency_id][month] = row._replace(day=month)
    return dict(best)


def _get_known_of_month(
    situation: Situation, currency_id: int, month: datetime.date
) -> BookedRate | None:
    """Return what this provider, or a person, has in the books at the month's start.

    Another provider's rate there is none of its own choice: who comes first is decided
    afterwards.
    """
    known = situation.booked.get(currency_id, {}).get(month)
    if known and known.in_books:
        if known.is_typed or known.provider_id == situation.provider.id:
            return known
    return None


def _is_better(
    booking: Booking | None, row: PlannedRate, known: PlannedRate | BookedRate
) -> bool:
    """Whether ``row`` belongs at the month's start rather than ``known``."""
    if isinstance(known, BookedRate) and known.is_typed:
        return False
    if not known.published_on or known.published_on == row.published_on:
        return True
    is_earlier = row.published_on < known.published_on
    return is_earlier if booking == "first" else not is_earlier


# === WHAT A PERSON IS SHOWN === #


def find_fates(plan: Plan, provider_id: int) -> dict[Place, tuple[Fate, PlannedRate]]:
    """Find how each rate that isn't held compares with what is there.

    :param provider_id: who has published the rates
    """
    fates: dict[Place, tuple[Fate, PlannedRate]] = {}
    if plan.booking == "day":
        for row in plan.settled:
            if plan.there[row.currency_id][row.day].is_typed:
                fates[row.currency_id, row.day] = ("typed", row)
    if plan.booking:
        for row in plan.named:
            fates[row.currency_id, row.day] = ("aside", row)
    for row in plan.to_book if plan.booking else plan.named:
        there = plan.there.get(row.currency_id, {}).get(row.day)
        if there and plan.booking and not there.in_books:
            there = None
        fate = _compare(row, there, provider_id)
        fates[row.currency_id, row.day] = (fate, row)
    return fates


def _compare(row: PlannedRate, there: BookedRate | None, provider_id: int) -> Fate:
    """Return how a planned rate differs from the one that is there."""
    if there is None:
        return "new"
    if there.provider_id != provider_id:
        return "replaced"
    return "same" if is_same_rate(float(row.rate), there.rate) else "differing"


# === TABLES OF RATES === #


def _list_rates(planned: PlannedRates) -> tuple[PlannedRate, ...]:
    """List all rates of a table."""
    return tuple(row for rows in planned.values() for row in rows.values())


def _merge_rates(*groups: Iterable[PlannedRate]) -> PlannedRates:
    """Sort rates into a table again."""
    table: dict[int, dict[datetime.date, PlannedRate]] = defaultdict(dict)
    for group in groups:
        for row in group:
            table[row.currency_id][row.day] = row
    return table
