"""What makes two documents one, or nearly one."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history_doubles import (
    Known,
    Lookalike,
    find_lookalike,
    is_other,
    loosen,
)

CENT = Decimal("0.01")
AMOUNTS = st.decimals(-1000, 1000, places=2, allow_nan=False)
FIGURES = st.text("0123456789", min_size=1, max_size=12)


@tagged("post_install", "-at_install")
class TestHistoryDoubles(BaseCase):
    def test_22_what_gets_lost_on_the_way(self):
        for one, other in (
            ("00123", "123"),
            ("X-1", "x 01"),
            ("INV/2026/00047", "inv-2026-47"),
            ("ＩＮＶ－１", "INV1"),
            ("A#7", "a7"),
        ):
            self.assertEqual(loosen(one), loosen(other))

    def test_22_what_tells_numbers_apart(self):
        for one, other in (
            ("1-23", "12-3"),
            ("1-23", "123"),
            ("100", "10"),
            ("X-1", "X-11"),
            ("2026-001", "2026001"),
            ("0", ""),
        ):
            self.assertNotEqual(loosen(one), loosen(other))

    @given(FIGURES, st.integers(0, 5))
    def test_22_zeros_before_a_number_are_eaten(self, figures, zeros):
        self.assertEqual(loosen("0" * zeros + figures), loosen(figures))
        self.assertTrue(loosen(figures).isdigit())

    @given(st.text("0123456789aX年-/. _#", max_size=20))
    def test_22_what_is_loosened_stays_so(self, text):
        self.assertEqual(loosen(loosen(text)), loosen(text))

    @given(AMOUNTS, AMOUNTS)
    def test_22_only_its_amount_is_the_same(self, amount, other):
        known = Known("there", frozenset([amount]))
        self.assertFalse(is_other(known, amount, CENT, None, None))
        self.assertEqual(is_other(known, other, CENT, None, None), amount != other)
        self.assertTrue(is_other(Known("above"), amount, CENT, None, None))

    def test_22_a_day_counts_where_both_say_one(self):
        day, later = date(2026, 1, 1), date(2026, 1, 2)
        known = Known("there", frozenset([CENT]), day, later)
        self.assertFalse(is_other(known, CENT, CENT, None, None))
        self.assertFalse(is_other(known, CENT, CENT, day, later))
        self.assertTrue(is_other(known, CENT, CENT, later, later))
        self.assertTrue(is_other(known, CENT, CENT, day, day))

    def test_22_lookalikes(self):
        other = Lookalike("x-1", 1, Decimal(667), "there")
        # in its currency: another spelling, whatever it comes to
        self.assertIs(find_lookalike("x1", 1, Decimal(5), [other]), other)
        self.assertIsNone(find_lookalike("x-1", 1, Decimal(667), [other]))
        # in another one: worth about the same
        self.assertIs(find_lookalike("x-1", 2, Decimal("666.81"), [other]), other)
        self.assertIsNone(find_lookalike("x-1", 2, Decimal(500), [other]))
        self.assertIsNone(find_lookalike("x-1", 2, None, [other]))
        self.assertIsNone(find_lookalike("x-1", 2, Decimal(-667), [other]))
