"""Working days, against a reference that looks at each day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.working_calendar import (
    Distance,
    WorkingCalendar,
    find_days_off,
    find_due_day,
    find_due_days,
)

FIRST = date(2026, 9, 1)
DAYS = st.integers(0, 60).map(lambda number: FIRST + timedelta(number))
CALENDARS = st.builds(
    WorkingCalendar,
    weekdays=st.frozensets(st.integers(0, 6), max_size=7),
    holidays=st.frozensets(DAYS, max_size=12),
)
DISTANCES = st.builds(
    Distance,
    days=st.integers(0, 12),
    is_before=st.booleans(),
    is_working=st.booleans(),
)
#: the National Day of 2026: seven days from the first of October
NATIONAL = WorkingCalendar(
    holidays=frozenset(date(2026, 10, number) for number in range(1, 8))
)


@tagged("post_install", "-at_install")
class TestWorkingCalendar(BaseCase):
    @given(CALENDARS, DAYS, st.integers(1, 20))
    def test_so_many_working_days_lie_between(self, calendar, day, count):
        later = calendar.add(day, count)
        between = [day + timedelta(at) for at in range(1, (later - day).days + 1)]
        self.assertEqual(sum(map(calendar.is_working, between)), count)
        self.assertTrue(calendar.is_working(later))
        earlier = calendar.add(day, -count)
        between = [day - timedelta(at) for at in range(1, (day - earlier).days + 1)]
        self.assertEqual(sum(map(calendar.is_working, between)), count)
        self.assertTrue(calendar.is_working(earlier))

    @given(CALENDARS, DAYS)
    def test_a_working_day_is_its_own(self, calendar, day):
        for found in (calendar.move_on(day), calendar.move_back(day)):
            self.assertTrue(calendar.is_working(found))
            if calendar.is_working(day):
                self.assertEqual(found, day)
        self.assertEqual(calendar.add(day, 0), calendar.move_on(day))

    @given(CALENDARS, DAYS, DISTANCES)
    def test_a_later_fact_is_never_due_earlier(self, calendar, day, distance):
        due = find_due_day(calendar, day, distance)
        self.assertTrue(calendar.is_working(due))
        following = find_due_day(calendar, day + timedelta(1), distance)
        self.assertLessEqual(due, following)
        if distance.is_before:
            self.assertLessEqual(due, day)
        else:
            self.assertGreaterEqual(due, day)

    @given(CALENDARS, DAYS, DISTANCES, st.integers(0, 30))
    def test_what_falls_due_lately_is_found(self, calendar, today, distance, back):
        expected = {}
        for at in range(-400, 400):
            day = today + timedelta(at)
            due = find_due_day(calendar, day, distance)
            is_over = distance.is_before and day < today
            if today - timedelta(back) <= due <= today and not is_over:
                expected[day] = due
        found = find_due_days(calendar, distance, today, back)
        self.assertEqual(found, expected)

    def test_the_long_holiday_of_october(self):
        last = date(2026, 9, 30)
        self.assertEqual(NATIONAL.add(last, 1), date(2026, 10, 8))
        self.assertEqual(NATIONAL.add(last, 3), date(2026, 10, 12))
        self.assertEqual(NATIONAL.add(date(2026, 10, 8), -1), last)
        after = Distance(days=2)
        self.assertEqual(find_due_day(NATIONAL, last, after), date(2026, 10, 8))
        before = Distance(days=2, is_before=True)
        ends = date(2026, 10, 4)
        self.assertEqual(find_due_day(NATIONAL, ends, before), last)

    def test_who_says_nothing_works_from_monday_to_friday(self):
        calendar = WorkingCalendar(weekdays=frozenset())
        self.assertEqual(calendar.add(date(2026, 9, 4), 1), date(2026, 9, 7))

    def test_periods_become_days(self):
        first, last = date(2026, 10, 1), date(2026, 10, 10)
        periods = [
            (date(2026, 9, 28), date(2026, 10, 2)),
            (date(2026, 10, 9), date(2026, 10, 20)),
            (date(2026, 11, 1), date(2026, 11, 2)),
        ]
        expected = {date(2026, 10, number) for number in (1, 2, 9, 10)}
        self.assertEqual(find_days_off(periods, first, last), expected)
