"""When to ask a publisher again, when it is late, and which of its days are complete.

Pure arithmetic on a publisher's :class:`~.calendars.Calendar` and on what has come so
far; the moment and what is known are handed in.
"""

import datetime
from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import median_low
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .calendars import MONDAY_TO_FRIDAY, ONE_DAY, Calendar

#: working days that a publisher may be behind before it is called late
PATIENCE = 2
#: bounds of the pause between two attempts while something expected isn't there
SHORTEST_PAUSE = datetime.timedelta(minutes=15)
LONGEST_PAUSE = datetime.timedelta(hours=3)
#: a publisher that asks to be left alone for longer is asked again all the same
LONGEST_REST = ONE_DAY
#: a publication more seldom than every so many days isn't a daily one
DAILY = 4
#: days after which a currency that comes no more isn't waited for
GIVEN_UP = 30


def first_publication(calendar: Calendar, earliest: datetime.date) -> datetime.date:
    """Return the first publication day on or after ``earliest``."""
    day = earliest
    for _step in range(70):
        if calendar.publishes_on(day):
            break
        day += ONE_DAY
    return day


def due_day(
    calendar: Calendar,
    last: datetime.date,
    interval: relativedelta | datetime.timedelta,
    ahead_days: int = 0,
) -> datetime.date:
    """Return the day whose publication is to be fetched next.

    The first publication on or after the interval's end, so that none sticks at a
    weekend or a holiday.

    :param last: newest date that the publisher has written on what came
    :param interval: least time between two fetches, counted from ``last``
    :param ahead_days: above zero where the publisher dates its figures ahead
    """
    published_on = last - ONE_DAY if ahead_days else last
    return first_publication(calendar, published_on + interval)


def next_ask(
    calendar: Calendar,
    now: datetime.datetime,
    due: datetime.date | None,
    failed: bool = False,
    rest: float = 0,
) -> datetime.datetime:
    """Return when to ask after an attempt at ``now``, in UTC.

    At the due publication's moment. If that has passed, or the attempt failed, after
    half of the time since the newest publication that should be there, within
    :data:`SHORTEST_PAUSE` and :data:`LONGEST_PAUSE`, and not after the next one.

    :param now: aware
    :param due: as :func:`due_day` gives; None if nothing ever came
    :param rest: seconds that the publisher asks to be left alone
    """
    if due and not failed and (moment := calendar.moment(due)) > now:
        return moment
    so_far = now - calendar.moment(calendar.newest_expected(now))
    pause = min(max(so_far / 2, SHORTEST_PAUSE), LONGEST_PAUSE)
    rest_time = min(datetime.timedelta(seconds=rest), LONGEST_REST)
    planned = min(now + pause, calendar.next_publication(now))
    return max(planned, now + rest_time).astimezone(datetime.UTC)


def is_late(
    calendar: Calendar,
    now: datetime.datetime,
    due: datetime.date,
    last: datetime.date,
    max_age_days: int,
) -> bool:
    """Return whether what is due is later than a publisher's habit explains.

    That is more than two working days behind. Where not all days off since then are
    known, a day without figures may be one: then ``last`` is older than
    ``max_age_days``, too.

    :param due: as :func:`due_day` gives
    :param last: newest date that came
    """
    day = due
    for _step in range(PATIENCE):
        day = _next_working_day(calendar, day)
    if now < calendar.moment(day):
        return False
    today = calendar.today(now)
    return (today - last).days > max_age_days or all(
        calendar.is_sure(due + n * ONE_DAY) for n in range((today - due).days + 1)
    )


def _next_working_day(calendar: Calendar, day: datetime.date) -> datetime.date:
    """Return the next day on which people work there, a publication day or not."""
    week = max(calendar.weekdays, MONDAY_TO_FRIDAY, key=len)
    day += ONE_DAY
    while day.weekday() not in week or day in (calendar.holidays(day.year) or ()):
        day += ONE_DAY
    return day


class Arrival(NamedTuple):
    """The newest day of one currency that came, and how many days lie between two."""

    newest: datetime.date
    every: int = 1


def add_arrivals(
    known: Mapping[str, Arrival | None],
    published: Mapping[str, Iterable[datetime.date]],
    wanted: Iterable[str],
) -> dict[str, Arrival | None]:
    """Note what came of each wanted currency; None for what never did.

    How often a currency comes is learnt wherever three days of it come at once.

    :param known: what was noted before
    :param published: {code: days} of what came now
    """
    arrivals = {}
    for code in wanted:
        before = known.get(code)
        days = sorted(set(published.get(code, ())))
        if not days:
            arrivals[code] = before
            continue
        every = before.every if before else 1
        if len(days) > 2:
            gaps = [(b - a).days for a, b in pairwise(days)]
            every = median_low(gaps)
        newest = max(days[-1], before.newest) if before else days[-1]
        arrivals[code] = Arrival(newest, every)
    return arrivals


def complete_until(arrivals: Mapping[str, Arrival | None]) -> datetime.date | None:
    """Return the newest day for which every currency came that is waited for.

    Not waited for: what never came, what hasn't for :data:`GIVEN_UP` days, and what
    comes once a week or a month, before it is due again.
    """
    known = [arrival for arrival in arrivals.values() if arrival]
    newest = max((arrival.newest for arrival in known), default=None)
    complete = newest
    for arrival in known:
        behind = (newest - arrival.newest).days
        seldom = arrival.every > DAILY and behind <= arrival.every + DAILY
        if not seldom and behind <= arrival.every + GIVEN_UP:
            complete = min(complete, arrival.newest)
    return complete
