"""What has to be asked for a span of days, where a publisher has no spans."""

import datetime
from collections.abc import Iterator

from ..engine.calendars import ONE_DAY, Calendar


def months(date_from: datetime.date, date_to: datetime.date) -> Iterator[datetime.date]:
    """The first day of each month that a span touches, oldest first."""
    first = date_from.replace(day=1)
    while first <= date_to:
        yield first
        first = (first + 31 * ONE_DAY).replace(day=1)


def newest_will_do(
    calendar: Calendar, date_from: datetime.date, today: datetime.date
) -> bool:
    """Whether at most one day since ``date_from`` is published, which is the newest."""
    return calendar.working_days_between(date_from - ONE_DAY, today) <= 1
