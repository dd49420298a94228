"""The time behind the day of a follow-up."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history_notes import read_moment

MOMENTS = (
    ("2026-10-05 14:30", time(14, 30), None),
    ("2026/10/05 9:05:07", time(9, 5, 7), None),
    ("2026-10-05T14:30:00Z", time(14, 30), 0),
    ("2026-10-05T14:30:00.000+08:00", time(14, 30), 480),
    ("2026-10-05 14:30:00-0330", time(14, 30), -210),
    ("10/05/2026 2:30 PM", time(14, 30), None),
    ("10/05/2026 12:30 AM", time(0, 30), None),
    ("2026年10月5日 下午2:30", time(14, 30), None),
    ("2026年10月5日 9时05分", time(9, 5), None),
    ("2026-10-05 14：30", time(14, 30), None),
)
NONE = (
    *("", "2026-10-05", "2026-10-05 00:00:00", "5.10.2026", "20261005", "45935"),
    *("2026-10-05 25:00", "2026-10-05 14:75", "next week"),
)


@tagged("post_install", "-at_install")
class TestMoments(BaseCase):
    def test_a_time_is_read(self):
        for text, at, offset in MOMENTS:
            with self.subTest(text):
                self.assertEqual(read_moment(text), (at, offset))

    def test_a_day_has_none(self):
        for text in NONE:
            with self.subTest(text):
                self.assertIsNone(read_moment(text))

    @given(st.times())
    def test_whatever_a_spreadsheet_writes_is_read_back(self, at):
        at = at.replace(microsecond=0, tzinfo=None)
        found = read_moment(f"2026-10-05 {at.isoformat()}")
        self.assertEqual(found and found[0], at if at != time() else None)

    @given(st.text(max_size=30))
    def test_no_text_stops_it(self, text):
        read_moment(text)
