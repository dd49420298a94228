"""Weeks and months that are over: days in, days out."""

from datetime import date, timedelta


def last_week(today: date, weekday: int) -> tuple[date, date]:
    """Return first and last day of the last week that is over.

    :param weekday: on which weeks end, 0 (Monday) to 6
    """
    back = (today.weekday() - weekday - 1) % 7 + 1
    end = today - timedelta(days=back)
    return end - timedelta(days=6), end


def last_month(today: date) -> tuple[date, date]:
    """Return first and last day of the month before this one."""
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def is_week(first: date, last: date) -> bool:
    """Return whether days are a week, on whatever day it ends."""
    return last - first == timedelta(days=6)


def is_month(first: date, last: date) -> bool:
    """Return whether days are a calendar month."""
    after = last + timedelta(days=1)
    return first.day == 1 and last_month(after) == (first, last) and after.day == 1
