"""What holds for any rate: directions, nominals and crossing go there and back."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import rates
from ...engine.rates import Quote

DAY = datetime.date(2026, 3, 2)
#: relative error left after two divisions of 34 digits
TOLERANCE = Decimal("1e-32")

#: for up to 10,000 units still a rate that a currency can have, eight decimals
values = st.decimals("0.0001", "99999999", places=8)
nominals = st.sampled_from([1, 10, 100, 1000, 10000])
directions = st.sampled_from(rates.QUOTE_DIRECTIONS)
quoted_directions = st.sampled_from(rates.QUOTED_DIRECTIONS)
codes = ("USD", "JPY", "CNY", "KWD", "GBP")
tables = st.fixed_dictionaries({code: values for code in codes})


@tagged("post_install", "-at_install")
class TestRateProperties(BaseCase):
    def assertClose(self, first, second):
        self.assertLess(abs(first - second), TOLERANCE * second)

    @given(values, quoted_directions)
    def test_typed_text_survives(self, value, direction):
        """Typed, turned into a rate and printed again: the same characters."""
        text = f"{value:f}"
        quoted = rates.parse_quoted(text)
        rate = rates.rate_from_quoted(quoted, direction)
        self.assertEqual(rates.format_quoted(quoted), text)
        self.assertClose(rates.quoted_from_rate(rate, direction), quoted)

    @given(values, nominals)
    def test_directions_are_inverse(self, value, nominal):
        """The same figure read both ways multiplies to 1, whatever the nominal."""
        one_way, other_way = (
            Quote("EUR", "USD", value, nominal, direction, DAY).rate
            for direction in rates.QUOTE_DIRECTIONS
        )
        self.assertClose(rates.multiply(one_way, other_way), Decimal(1))

    @given(values, nominals, directions)
    def test_nominal_scales_with_the_value(self, value, nominal, direction):
        """v for 1 and n·v for n are one price."""
        single = Quote("EUR", "JPY", value, 1, direction, DAY)
        many = Quote("EUR", "JPY", value * nominal, nominal, direction, DAY)
        self.assertClose(many.rate, single.rate)

    @given(tables, st.sampled_from(codes))
    def test_crossing_goes_there_and_back(self, table, base):
        crossed = rates.cross(table, "EUR", base)
        self.assertNotIn(base, crossed)
        back = rates.cross(crossed, base, "EUR")
        self.assertEqual(back.keys(), table.keys())
        for code, rate in table.items():
            self.assertClose(back[code], rate)

    @given(tables, st.sampled_from(codes), st.sampled_from(codes))
    def test_the_path_of_crossing_does_not_matter(self, table, first, second):
        """EUR → first → second gives what EUR → second gives."""
        direct = rates.cross(table, "EUR", second)
        detour = table
        pivot = "EUR"
        if first != second:
            detour, pivot = rates.cross(table, "EUR", first), first
        around = rates.cross(detour, pivot, second)
        self.assertEqual(around.keys(), direct.keys())
        for code, rate in direct.items():
            self.assertClose(around[code], rate)

    @given(values, quoted_directions)
    def test_a_float_gives_its_quoted_rate_back(self, value, direction):
        """What the database keeps of a rate is enough to show twelve digits of it."""
        quoted = Decimal(f"{value:.8g}")
        stored = float(rates.rate_from_quoted(quoted, direction))
        shown = rates.quoted_from_rate(rates.as_decimal(stored), direction, digits=12)
        self.assertEqual(shown, quoted)
