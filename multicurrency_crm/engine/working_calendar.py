"""Counting the days on which a company works: its weekdays, less its holidays."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

#: Monday to Friday, for a company that says nothing of its hours.
USUAL = frozenset(range(5))
DAY = timedelta(days=1)
#: Calendar days that are looked at on each side of a window: a month of holidays.
ROOM = 31


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The days on which a company works.

    :param weekdays: numbers of the weekdays that are worked, Monday is 0; none: Monday
        to Friday
    :param holidays: days off among them
    """

    weekdays: frozenset[int] = USUAL
    holidays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return whether the company works on a day."""
        return day.weekday() in (self.weekdays or USUAL) and day not in self.holidays

    def move_on(self, day: date) -> date:
        """Return the day, or the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def move_back(self, day: date) -> date:
        """Return the day, or the last working day before it."""
        while not self.is_working(day):
            day -= DAY
        return day

    def add(self, day: date, count: int) -> date:
        """Return the working day that is so many working days after a day, or before
        it where ``count`` is negative. The day itself isn't counted; 0 moves on to a
        working day.
        """
        if not count:
            return self.move_on(day)
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day


@dataclass(frozen=True, slots=True)
class Distance:
    """How far from the day of a fact somebody is reminded of it.

    :param days: 0 or more
    :param is_before: whether they are counted back from it
    :param is_working: whether working days are counted, else days
    """

    days: int = 0
    is_before: bool = False
    is_working: bool = False


def find_due_day(calendar: WorkingCalendar, day: date, distance: Distance) -> date:
    """Return the day on which somebody is reminded of a fact: always a working day,
    and never an earlier one for a later fact. Who is to know before it is told before
    a holiday, others after it.

    :param calendar: of the company that reminds
    :param day: of the fact
    :param distance: from it
    """
    if distance.is_working and distance.days:
        days = -distance.days if distance.is_before else distance.days
        return calendar.add(day, days)
    if distance.is_before:
        return calendar.move_back(day - timedelta(days=distance.days))
    return calendar.move_on(day + timedelta(days=distance.days))


def find_due_days(
    calendar: WorkingCalendar, distance: Distance, today: date, look_back: int
) -> dict[date, date]:
    """Find the days of the facts that fall due today, or fell due lately and may have
    been missed. Whoever is reminded before a fact isn't any more once it is over.

    :param calendar: of the company that reminds
    :param distance: from the day of a fact to its due day
    :param today: where the company is
    :param look_back: in days; 0: what falls due today
    :return: {day of a fact: its due day}
    """
    reach = ROOM + distance.days * (8 if distance.is_working else 1)
    start = today - timedelta(days=look_back + reach)
    every = [start + timedelta(days=at) for at in range(look_back + 2 * reach + 1)]

    def due(day):
        return find_due_day(calendar, day, distance)

    first = bisect_left(every, today - timedelta(days=look_back), key=due)
    last = bisect_right(every, today, key=due)
    wanted = every[first:last]
    if distance.is_before:
        wanted = [day for day in wanted if day >= today]
    return {day: due(day) for day in wanted}


def find_days_off(
    periods: Iterable[tuple[date, date]], first: date, last: date
) -> frozenset[date]:
    """Find the days of some periods, each with its first and last one.

    :param first: days before it are left out
    :param last: days after it likewise
    """
    return frozenset(
        start + timedelta(days=at)
        for begin, end in periods
        if (start := max(begin, first)) <= (stop := min(end, last))
        for at in range((stop - start).days + 1)
    )
