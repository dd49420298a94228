from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.periods import last_month, last_week


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_by_hand(self):
        # Wednesday, 4 March 2026
        self.assertEqual(
            last_week(date(2026, 3, 4), 6), (date(2026, 2, 23), date(2026, 3, 1))
        )
        # on the very day on which the week ends it isn't over
        self.assertEqual(
            last_week(date(2026, 3, 4), 2), (date(2026, 2, 19), date(2026, 2, 25))
        )
        self.assertEqual(
            last_month(date(2028, 3, 31)), (date(2028, 2, 1), date(2028, 2, 29))
        )

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
    def test_a_week_is_over_and_the_last_one(self, today, weekday):
        start, end = last_week(today, weekday)
        self.assertEqual(end.weekday(), weekday)
        self.assertEqual((end - start).days, 6)
        self.assertLess(end, today)
        self.assertGreaterEqual(end + timedelta(days=7), today)
