"""When a publisher publishes: days, hour and zone, and what follows for waiting.

Everything is computed from the moment handed in; nothing here asks the clock.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.easter import easter

ONE_DAY = datetime.timedelta(1)
MONDAY_TO_FRIDAY = frozenset(range(5))
EVERY_DAY = frozenset(range(7))

#: the days off of a year, or None where they are not known (yet)
Holidays = Callable[[int], frozenset[datetime.date] | None]


def next_month(day: datetime.date) -> datetime.date:
    """Return the first day of the month after that of ``day``."""
    return (day.replace(day=1) + 31 * ONE_DAY).replace(day=1)


def no_holidays_known(year: int) -> None:
    """Return None, for a publisher whose days off nobody has declared to us."""
    return None


def target_holidays(year: int) -> frozenset[datetime.date]:
    """Return the days on which the euro's TARGET system is closed, since 2002.

    New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December (European
    Central Bank, long-term calendar of TARGET closing days).
    """
    sunday = easter(year)
    return frozenset(
        {
            datetime.date(year, 1, 1),
            sunday - 2 * ONE_DAY,
            sunday + ONE_DAY,
            datetime.date(year, 5, 1),
            datetime.date(year, 12, 25),
            datetime.date(year, 12, 26),
        }
    )


def declared_holidays(days: Iterable[str]) -> Holidays:
    """Return the days off that an authority has published; other years stay unknown.

    :param days: ISO dates; a year with at least one is a known year
    """
    by_year: dict[int, set[datetime.date]] = {}
    for text in days:
        day = datetime.date.fromisoformat(text)
        by_year.setdefault(day.year, set()).add(day)

    def holidays(year: int) -> frozenset[datetime.date] | None:
        return frozenset(by_year[year]) if year in by_year else None

    return holidays


@dataclass(frozen=True, slots=True)
class Calendar:
    """The habit of one publisher.

    ``publishes_at`` is local time in ``zone``; daylight saving follows the zone.
    ``weekdays`` as :meth:`datetime.date.weekday` counts; ``day_of_month`` for what
    comes once a month, on that day or the next publication day after it.
    ``extra_days`` are publication days outside of ``weekdays``.
    """

    zone: str
    publishes_at: datetime.time
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: Holidays = no_holidays_known
    day_of_month: int | None = None
    extra_days: frozenset[datetime.date] = frozenset()

    def is_known(self, year: int) -> bool:
        """Return whether the days off of that year are known."""
        return self.holidays(year) is not None

    def is_working_day(self, day: datetime.date) -> bool:
        """Return whether ``day`` is none of the known days off."""
        if day in self.extra_days:
            return True
        return day.weekday() in self.weekdays and day not in (
            self.holidays(day.year) or ()
        )

    def publishes_on(self, day: datetime.date) -> bool:
        """Return whether something new is expected on ``day``, as far as is known."""
        if self.day_of_month is None:
            return self.is_working_day(day)
        first = day.replace(day=self.day_of_month)
        if day < first:
            return False
        while not self.is_working_day(first):
            first += ONE_DAY
        return day == first

    def is_sure(self, day: datetime.date) -> bool:
        """Return whether :meth:`publishes_on` knows of every day off around ``day``."""
        return day.weekday() not in self.weekdays or self.is_known(day.year)

    def moment(self, day: datetime.date) -> datetime.datetime:
        """Return when ``day``'s figures come, in UTC."""
        local = datetime.datetime.combine(
            day, self.publishes_at, tzinfo=ZoneInfo(self.zone)
        )
        return local.astimezone(datetime.UTC)

    def today(self, now: datetime.datetime) -> datetime.date:
        """Return the publisher's date at ``now`` (aware)."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def newest_expected(self, now: datetime.datetime) -> datetime.date:
        """Return the newest day whose figures should be out at ``now`` (aware)."""
        day = self.today(now)
        for _step in range(70):
            if self.publishes_on(day) and self.moment(day) <= now:
                return day
            day -= ONE_DAY
        return day

    def next_publication(self, now: datetime.datetime) -> datetime.datetime:
        """Return when the next figures come after ``now`` (aware), in UTC."""
        day = self.today(now)
        for _step in range(70):
            if self.publishes_on(day) and self.moment(day) > now:
                break
            day += ONE_DAY
        return self.moment(day)

    def next_working_day(self, day: datetime.date) -> datetime.date:
        """Return the first working day after ``day``."""
        day += ONE_DAY
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_days_between(self, start: datetime.date, end: datetime.date) -> int:
        """Return how many working days lie after ``start``, up to and with ``end``."""
        return sum(
            self.is_working_day(start + n * ONE_DAY)
            for n in range(1, (end - start).days + 1)
        )
