"""How old what is open is."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.open_items import AGES, AgeBounds

DAY = date(2026, 11, 29)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
rising = st.sets(st.integers(1, 400), min_size=3, max_size=3).map(
    lambda found: AgeBounds(*sorted(found))
)


@tagged("post_install", "-at_install")
class TestAgesEngine(BaseCase):
    def _age(self, late, bounds=AgeBounds()):  # noqa: B008  (a tuple)
        return bounds.age(DAY - timedelta(days=late), DAY)

    def test_what_is_due_today_is_not_overdue(self):
        """erpnext #45685."""
        self.assertEqual(self._age(0), "not_due")
        self.assertEqual(self._age(1), "days_30")
        self.assertEqual(self._age(-1), "not_due")

    def test_the_last_day_of_an_age_belongs_to_it(self):
        late = (30, 31, 60, 61, 90, 91)
        self.assertEqual(
            [self._age(days) for days in late],
            ["days_30", "days_60", "days_60", "days_90", "days_90", "older"],
        )

    @given(rising, days, days)
    def test_each_has_one_age_and_never_grows_younger(self, bounds, due, day):
        age = bounds.age(due, day)
        self.assertIn(age, AGES)
        self.assertEqual(age == "not_due", due >= day)
        self.assertEqual(age == "older", (day - due).days > bounds.third)
        later = bounds.age(due, day + timedelta(days=1))
        self.assertLessEqual(AGES.index(age), AGES.index(later))

    @given(rising)
    def test_as_many_days_as_its_bounds_say(self, bounds):
        found = [self._age(late, bounds) for late in range(bounds.third + 2)]
        self.assertEqual(found.count("not_due"), 1)
        self.assertEqual(found.count("days_30"), bounds.first)
        self.assertEqual(found.count("days_60"), bounds.second - bounds.first)
        self.assertEqual(found.count("days_90"), bounds.third - bounds.second)
        self.assertEqual(found.count("older"), 1)

    @given(st.tuples(*[st.integers(-5, 400)] * 3))
    def test_bounds_that_rise(self, bounds):
        first, second, third = bounds
        self.assertEqual(
            AgeBounds(*bounds).rises(), first >= 1 and first < second < third
        )
