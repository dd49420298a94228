"""Columns of ages: which days they hold, and when what is in them is due."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...engine.history_ages import (
    LATE,
    NOT_DUE,
    UNALLOCATED,
    Age,
    is_age,
    match_ages,
    read_ages,
    share_out,
)
from ...engine.open_items import AGES, AgeBounds

DAY = date(2026, 6, 30)
#: Headers of five ages as programs and people write them, and the first of these.
USUAL = [
    ("Current", "1-30", "31-60", "61-90", "91+"),
    ("Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days"),
    ("Not Yet Due", "1 to 30", "31 to 60", "61 to 90", "> 90"),
    ("At Date", "1 - 30", "31 - 60", "61 - 90", "Older"),
    ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over"),
    ("Current (USD)", "30", "60", "90", "90+"),
    ("未到期", "1-30天", "31-60天", "61-90天", "90天以上"),
    ("未逾期", "逾期30天内", "逾期31-60天", "逾期61至90天", "逾期超过90天"),
    ("未到期金额", "账龄1～30天", "账龄31～60天", "账龄61～90天", "账龄９１天以上"),
    ("信用期内", "1-30日", "30-60日", "60-90日", "≥91日"),
    ("Not overdue", "Overdue 1-30", "Overdue 31-60", "Overdue 61-90", "Overdue 90+"),
    ("Current", "< 1 Month", "1 Month", "2 Months", "Older"),
    ("Current", "Within 30 days", "30-60", "60-90", "90 days plus"),
]


class TestAges(BaseCase):
    def test_usual_headers_are_the_ages_of_our_own_report(self):
        wanted = [NOT_DUE, Age(1, 30), Age(31, 60), Age(61, 90), Age(91)]
        for titles in USUAL:
            with self.subTest(titles):
                self.assertEqual(match_ages(titles), wanted)
                found = [
                    AgeBounds().age(age.get_due(DAY), DAY) for age in match_ages(titles)
                ]
                self.assertEqual(found, list(AGES))
                self.assertEqual(match_ages(titles[::-1]), wanted[::-1])

    def test_other_bounds(self):
        for titles, wanted in (
            (("0-30", "31-60", "90+"), [Age(0, 30), Age(31, 60), Age(91)]),
            (("30天以内", "30-60天"), [Age(0, 30), Age(31, 60)]),
            (
                ("1年以内", "1-2年", "2-3年", "3年以上"),
                [Age(0, 365), Age(366, 730), Age(731, 1095), Age(1096)],
            ),
            (
                ("3个月内", "3-6个月", "6个月-1年", "1年以上"),
                [Age(0, 90), Age(91, 180), Age(181, 365), Age(366)],
            ),
            (("1-15 Days", "16-30 Days", "> 30"), [Age(1, 15), Age(16, 30), Age(31)]),
            (("未到期", "逾期"), [NOT_DUE, LATE]),
            (
                ("Not due", "Overdue", "1-30", "over 120"),
                [NOT_DUE, None, Age(1, 30), Age(121)],
            ),
            (
                ("Current", "1-30", "30+", "Unallocated"),
                [NOT_DUE, Age(1, 30), Age(31), UNALLOCATED],
            ),
        ):
            with self.subTest(titles):
                self.assertEqual(match_ages(titles), wanted)

    def test_what_is_no_age(self):
        for titles in (
            ("Customer", "1-30", "Total"),
            ("2024", "2025", "2026"),
            ("1月", "2月", "3月"),
            ("Current", "Unallocated"),
            ("Days late", "Due Date", "Payment terms"),
            ("应收余额", "未核销金额", "逾期天数"),
        ):
            with self.subTest(titles):
                self.assertFalse(any(match_ages(titles)))
        # which of two that overlap is meant isn't known
        self.assertEqual(read_ages(["1-30", "10-60"])[1], None)
        self.assertEqual(read_ages(["over 30", "31-60"]).count(None), 1)
        self.assertFalse(is_age(""))
        self.assertEqual(read_ages(["Older"]), [None])

    @given(
        st.sets(st.integers(1, 150), min_size=1, max_size=6),
        st.sampled_from(("{}-{}", "{}–{} days", "{} to {}", "{}-{}天", "逾期{}~{}天")),
        st.sampled_from(("{}+", "over {}", "{}天以上", "> {} days")),
        st.booleans(),
    )
    def test_what_is_written_is_read_and_falls_into_its_column(
        self, bounds, pattern, end, is_touching
    ):
        lasts = sorted(2 * bound for bound in bounds)
        firsts = [1, *(last + 1 for last in lasts[:-1])]
        titles = [
            pattern.format(first - (is_touching and first > 1), last)
            for first, last in zip(firsts, lasts, strict=True)
        ]
        titles = ["Not due", *titles, end.format(lasts[-1])]
        ages = read_ages(titles)
        self.assertEqual([age.first for age in ages[1:-1]], firsts)
        self.assertEqual([age.last for age in ages[1:-1]], lasts)
        self.assertEqual((ages[-1].first, ages[-1].last), (lasts[-1] + 1, None))
        for age in ages[1:]:
            late = (DAY - age.get_due(DAY)).days
            self.assertTrue(age.first <= late <= (age.last or late))
        self.assertGreater(ages[0].get_due(DAY), DAY)

    @given(
        st.decimals(-1_000_000, 1_000_000, places=2),
        st.lists(st.decimals(-10_000, 10_000, places=3), min_size=1, max_size=6).filter(
            sum
        ),
    )
    def test_shares_come_to_the_whole(self, whole, parts):
        found = share_out(whole, parts, Decimal("0.01"))
        self.assertEqual(sum(found), whole)
        self.assertEqual(len(found), len(parts))

    def test_parts_that_come_to_nothing_have_no_share(self):
        parts = [Decimal(5), Decimal(-5)]
        self.assertIsNone(share_out(Decimal(7), parts, Decimal("0.01")))
