"""What holds for any series of rates that is checked."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.checks import check_series, first_days, size
from ...engine.rates import divide

FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2025, 12, 31)

days = st.dates(FIRST, LAST)
rates = st.decimals("0.001", "30000", places=5)
near_one = st.decimals("0.97", "1.03", places=5)
jumps = st.decimals("0.02", "0.5", places=3)
published = st.dictionaries(days, rates, max_size=25)
booked = st.dictionaries(days, rates.map(float), max_size=25)


@tagged("post_install", "-at_install")
class TestCheckProperties(BaseCase):
    @given(published, booked, jumps)
    def test_doubts_say_what_is_published(self, table, known, max_jump):
        for day, doubt in check_series(table, known, max_jump).items():
            self.assertEqual(
                doubt.jump, divide(table[day], doubt.previous_rate) - 1, doubt
            )
            self.assertGreater(size(table[day], doubt.previous_rate), Decimal("0.02"))
            self.assertEqual(doubt.reason == "scale", doubt.factor is not None)
            compared = doubt.previous_date
            self.assertTrue(compared in known or compared in table)

    @given(published, booked, jumps)
    def test_what_is_booked_is_believed(self, table, known, max_jump):
        """To publish again what the books say is never a doubt."""
        again = {day: Decimal(str(rate)) for day, rate in known.items()}
        self.assertFalse(check_series(again, known, max_jump))

    @given(st.dictionaries(days, near_one, max_size=25), booked, jumps)
    def test_small_moves_are_believed(self, table, known, max_jump):
        """Whatever the days: nothing within the least limit of everything else."""
        table = {day: 1 + (rate - 1) / 4 for day, rate in table.items()}
        known = {
            day: float(1 + (Decimal(str(rate)) % 1) / 100)
            for day, rate in known.items()
        }
        self.assertFalse(check_series(table, known, max_jump))

    @given(published, booked, jumps)
    def test_inverse_rates_raise_the_same_doubts(self, table, known, max_jump):
        found = check_series(table, known, max_jump)
        inverse = check_series(
            {day: divide(1, rate) for day, rate in table.items()},
            {day: 1 / rate for day, rate in known.items()},
            max_jump,
        )
        # the middle of an even number of first rates isn't that of the inverses
        if not any(first_days({day: table[day]}, known) for day in table):
            self.assertEqual(
                {day: doubt.factor for day, doubt in found.items()},
                {day: doubt.factor for day, doubt in inverse.items()},
            )

    @given(published, booked, jumps, st.sampled_from([Decimal("0.01"), Decimal(7)]))
    def test_unit_does_not_matter(self, table, known, max_jump, unit):
        found = check_series(table, known, max_jump)
        scaled = check_series(
            {day: rate * unit for day, rate in table.items()},
            {day: float(Decimal(str(rate)) * unit) for day, rate in known.items()},
            max_jump,
        )
        self.assertEqual(found.keys(), scaled.keys())

    @given(st.lists(near_one, min_size=12, max_size=60), st.integers(0, 11))
    def test_a_slip_is_found_wherever_it_is(self, values, place):
        table = {
            FIRST + datetime.timedelta(n): 1 + (value - 1) / 4
            for n, value in enumerate(values)
        }
        slipped = FIRST + datetime.timedelta(place)
        table[slipped] *= 100
        for known in ({}, {FIRST - datetime.timedelta(1): 1.0}, {LAST: 1.0}):
            found = check_series(table, known, Decimal("0.1"))
            self.assertEqual(
                {day: doubt.factor for day, doubt in found.items()}, {slipped: 100}
            )
