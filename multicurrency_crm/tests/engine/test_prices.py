from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.prices import TOLERATED_ROUNDING, convert_price, round_price

rates = st.decimals("0.0001", "30000", places=6).map(float)
prices = st.decimals("0.0001", "10000000", places=4).map(float)
decimals = st.sampled_from([0, 2, 3])


@tagged("post_install", "-at_install")
class TestConvertPrice(BaseCase):
    def test_rounds_as_people_quote(self):
        cases = [
            # price, rate from, rate to, decimals from, decimals to, expected
            (140.0, 0.14, 0.125, 2, 2, 125.0),
            (123.45, 0.14, 20.0, 2, 0, 17636.0),
            (1.0, 0.125, 0.043, 2, 3, 0.344),
            (0.05, 0.14, 20.0, 2, 0, 7.14),  # not 7: that would be 2 % off
            (0.0312, 0.14, 0.125, 2, 2, 0.0279),  # finer than its currency already
            (139.12345678, 0.14, 0.125, 2, 2, 124.22),  # what a division left behind
            (-140.0, 0.14, 0.125, 2, 2, -125.0),
            (0.0, 0.14, 0.125, 2, 2, 0.0),
        ]
        for *given_values, expected in cases:
            with self.subTest(given_values):
                self.assertEqual(convert_price(*given_values), expected)

    def test_rounds_what_a_conversion_left(self):
        self.assertEqual(round_price(1326.422116, 2), 1326.42)
        self.assertEqual(round_price(1510407.905, 0), 1510408.0)
        self.assertEqual(round_price(0.004273, 2), 0.00427)
        self.assertEqual(round_price(0.0, 2), 0.0)

    def test_no_rate_is_an_error(self):
        for pair in ((0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)):
            with self.assertRaises(ValueError):
                convert_price(10.0, *pair, 2, 2)

    @given(prices, rates, rates, decimals, decimals)
    def test_stays_near_the_exact_value(self, price, old, new, places, new_places):
        exact = Decimal(repr(price)) * Decimal(repr(new)) / Decimal(repr(old))
        converted = Decimal(repr(convert_price(price, old, new, places, new_places)))
        finest = Decimal(1).scaleb(-(new_places + 6)) / 2
        allowed = max(TOLERATED_ROUNDING * exact, finest)
        self.assertLessEqual(abs(converted - exact), allowed * Decimal("1.000001"))

    @given(prices, rates, decimals)
    def test_same_rate_keeps_a_price(self, price, rate, places):
        price = round(price, places)
        self.assertEqual(convert_price(price, rate, rate, places, places), price)
