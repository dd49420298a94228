"""What time it is where a customer lives."""

from datetime import datetime, timedelta

import pytz
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.local_time import choose_zones, find_local_time

zones = st.lists(st.sampled_from(pytz.common_timezones), min_size=1, max_size=5)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))


@tagged("post_install", "-at_install")
class TestLocalTimeEngine(BaseCase):
    def test_by_hand(self):
        found = find_local_time(datetime(2026, 7, 6, 12), ["Europe/Berlin"])
        self.assertEqual(found.earliest, datetime(2026, 7, 6, 14))  # summer time
        self.assertTrue(found.is_one)
        self.assertTrue(found.is_day)
        found = find_local_time(
            datetime(2026, 1, 5, 23), ["America/New_York", "Asia/Shanghai"]
        )
        self.assertEqual(found.earliest, datetime(2026, 1, 5, 18))
        self.assertEqual(found.latest, datetime(2026, 1, 6, 7))
        self.assertFalse(found.is_one)
        self.assertFalse(found.is_day)

    def test_hours_in_which_somebody_is_reached(self):
        found = find_local_time(
            datetime(2026, 1, 5, 12), ["America/New_York", "America/Chicago"]
        )
        # 6:00 and 7:00 there
        for opens, closes, is_time in (
            (6.0, 8.0, True),
            (6.5, 8.0, False),
            (6.0, 7.0, False),
            (22.0, 7.5, True),
            (22.0, 6.5, False),
            (0.0, 24.0, True),
        ):
            with self.subTest(opens=opens, closes=closes):
                self.assertEqual(found.is_within(opens, closes), is_time)

    def test_unknown(self):
        self.assertIsNone(find_local_time(datetime(2026, 1, 5), []))

    def test_whose_zone_it_is(self):
        german = ["Europe/Berlin", "Europe/Busingen"]
        self.assertEqual(choose_zones("Asia/Shanghai", german), tuple(german))
        self.assertEqual(choose_zones("Europe/Berlin", german), ("Europe/Berlin",))
        self.assertEqual(choose_zones(None, german), tuple(german))
        self.assertEqual(choose_zones("Asia/Shanghai", ()), ("Asia/Shanghai",))
        self.assertEqual(choose_zones(None, ()), ())
        self.assertEqual(choose_zones("UTC", ()), ())
        self.assertEqual(choose_zones("UTC", german), tuple(german))

    @given(moments, zones)
    def test_within_a_day_of_utc(self, moment, names):
        found = find_local_time(moment, names)
        self.assertLessEqual(found.earliest, found.latest)
        for local in (found.earliest, found.latest):
            self.assertLessEqual(abs(local - moment), timedelta(hours=15))
        if len(names) == 1:
            self.assertTrue(found.is_one)
