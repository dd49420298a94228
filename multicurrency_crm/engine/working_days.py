"""Counting Monday to Friday: the days on which a rate grows old everywhere."""

import datetime


def count_working_days(start: datetime.date, end: datetime.date) -> int:
    """Return how many Mondays to Fridays lie after ``start``, up to and with ``end``.

    Holidays differ from one country to the next and count as working days here. From
    Friday to Sunday it is 0, to Monday 1. Negative where ``end`` is before ``start``.
    """
    return _since_day_one(end) - _since_day_one(start)


def _since_day_one(day: datetime.date) -> int:
    """Count the Mondays to Fridays up to a day, from the first day of the calendar."""
    # the first day of the calendar was a Monday
    weeks, days = divmod(day.toordinal() - 1, 7)
    return 5 * weeks + min(days + 1, 5)
