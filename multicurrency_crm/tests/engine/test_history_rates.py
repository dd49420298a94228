"""Which way round a file writes its rates."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history import (
    Reading,
    find_direction,
    is_of_document,
    is_per_hundred,
    is_rate_clear,
    is_rate_open,
    read_rate,
)

#: Units of a currency for 1 unit of the books', far from parity.
SPOTS = st.decimals("0.0001", "0.15", places=6)
OFF = st.decimals("0.8", "1.2", places=3)


@tagged("post_install", "-at_install")
class TestHistoryRates(BaseCase):
    @given(spot=SPOTS, off=OFF)
    def test_far_from_parity_both_directions_are_told(self, spot, off):
        rate = spot * off
        for written, direction in ((1 / rate, "price"), (rate, "units")):
            self.assertTrue(is_rate_clear(written, spot) or rate * 100 > spot)
            found = find_direction(written, spot)
            self.assertIn(found, (direction, None))
            if found:
                self.assertAlmostEqual(read_rate(written, spot, found), rate, 9)

    def test_a_direction_that_is_proven_counts_more_than_what_is_near(self):
        spot = Decimal("1.09")
        self.assertEqual(read_rate(Decimal("1.1"), spot), Decimal("1.1"))
        self.assertEqual(read_rate(Decimal("1.1"), spot, "price"), 1 / Decimal("1.1"))
        self.assertEqual(
            read_rate(Decimal(110), spot, "price"), Decimal(100) / Decimal(110)
        )
        self.assertTrue(is_per_hundred(Decimal(110), spot, "price"))

    def test_what_is_near_in_both_directions_is_open(self):
        one = Decimal(1)
        self.assertTrue(is_rate_open(Decimal("1.03"), one, 0.1))
        self.assertFalse(is_rate_open(Decimal("1.03"), one, 0.01))
        # one of them is much nearer
        self.assertFalse(is_rate_open(Decimal("1.10"), Decimal("1.09"), 0.1))
        self.assertFalse(is_rate_open(Decimal("0.96"), Decimal("1.045"), 0.1))
        self.assertFalse(is_rate_open(Decimal("7.1"), Decimal("0.14"), 0.1))

    def test_what_is_open_as_a_whole_is_in_its_own_currency(self):
        spot = Decimal("0.14")
        whole = Reading(Decimal(1200), Decimal(1200), spot)
        part = Reading(Decimal(500), Decimal(800), spot)
        booked = Reading(Decimal(5714), Decimal(800), spot)
        self.assertTrue(is_of_document([whole, part]))
        self.assertFalse(is_of_document([part]))
        self.assertFalse(is_of_document([whole, booked]))
        # beside parity it proves nothing
        near = Reading(Decimal(1200), Decimal(1200), Decimal("1.02"))
        self.assertFalse(is_of_document([near]))
