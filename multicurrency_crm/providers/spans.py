"""What has to be asked for a span of days, where a publisher has no spans."""

import datetime
from collections.abc import Iterator

from ..engine.calendars import ONE_DAY, Calendar, next_month
from .base import Adapter


class DayByDay(Adapter):
    """An adapter that asks for one day, and for no day off of the week."""

    longest_range = 1

    def payloads(self, client, address, date_from, date_to, today):
        """Download the day, unless nothing is published then, or it is to come."""
        if date_to.weekday() in self.calendar.weekdays and date_to <= today:
            yield self.request(client, address, date_from, date_to, today)


def months(date_from: datetime.date, date_to: datetime.date) -> Iterator[datetime.date]:
    """Yield the first day of each month that a span touches, oldest first."""
    first = date_from.replace(day=1)
    while first <= date_to:
        yield first
        first = next_month(first)


def newest_will_do(
    calendar: Calendar, date_from: datetime.date, today: datetime.date
) -> bool:
    """Return whether at most one day since ``date_from`` is published, the newest."""
    return calendar.working_days_between(date_from - ONE_DAY, today) <= 1
