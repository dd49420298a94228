"""Locks and forwards against the market, for any rate."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import rate_locks

amounts = st.floats(0.01, 1e9)
rates = st.floats(0.0001, 30_000)


@tagged("post_install", "-at_install")
class TestRateLocksEngine(BaseCase):
    def assertSame(self, first, second, scale):
        self.assertAlmostEqual(first / scale, second / scale, 9)

    def test_a_sale_at_a_better_rate_than_the_market_gained(self):
        """USD 1,000 sold forward at 7.20 CNY, 7.00 today: 200 CNY better off."""
        gain = rate_locks.forward_mark_to_market(1000, "sell", 1 / 7.2, 1 / 7.0)
        self.assertAlmostEqual(gain, 200)

    def test_a_purchase_at_a_worse_rate_lost(self):
        gain = rate_locks.forward_mark_to_market(1000, "buy", 1 / 7.2, 1 / 7.0)
        self.assertAlmostEqual(gain, -200)

    def test_another_side(self):
        with self.assertRaises(ValueError):
            rate_locks.forward_mark_to_market(1000, "swap", 1.0, 1.0)

    @given(amounts, rates, rates)
    def test_both_sides_cancel(self, amount, locked, market):
        sold = rate_locks.forward_mark_to_market(amount, "sell", locked, market)
        bought = rate_locks.forward_mark_to_market(amount, "buy", locked, market)
        self.assertSame(sold, -bought, amount / min(locked, market))

    @given(amounts, rates, rates)
    def test_a_forward_takes_away_what_a_lock_gains(self, amount, locked, market):
        """A promise to a customer that a bank covers at the same rate is worth
        nothing, whatever the market does."""
        lock = rate_locks.mark_to_market(amount, locked, market)
        forward = rate_locks.forward_mark_to_market(amount, "sell", locked, market)
        self.assertSame(lock, -forward, amount / min(locked, market))

    @given(amounts, rates)
    def test_nothing_at_the_market_rate(self, amount, rate):
        for side in ("sell", "buy"):
            gain = rate_locks.forward_mark_to_market(amount, side, rate, rate)
            self.assertSame(gain, 0.0, amount / rate)

    def test_a_promise_above_the_market(self):
        """USD 1,000 promised at 7.20 CNY, 7.00 on the day: 200 CNY promised more."""
        self.assertAlmostEqual(rate_locks.lock_variance(1000, 1 / 7.2, 1 / 7.0), 200)
        self.assertAlmostEqual(rate_locks.lock_variance(-1000, 1 / 7.2, 1 / 7.0), -200)

    @given(amounts, rates, rates)
    def test_a_credit_note_takes_the_variance_back(self, amount, locked, market):
        variance = rate_locks.lock_variance(amount, locked, market)
        back = rate_locks.lock_variance(-amount, locked, market)
        self.assertSame(variance, -back, amount / min(locked, market))

    @given(amounts, rates, rates)
    def test_locked_value_is_market_value_and_variance(self, amount, locked, market):
        variance = rate_locks.lock_variance(amount, locked, market)
        value = amount / market + variance
        self.assertSame(value, amount / locked, amount / min(locked, market))

    @given(amounts, rates)
    def test_no_variance_at_the_market_rate(self, amount, rate):
        self.assertSame(rate_locks.lock_variance(amount, rate, rate), 0, amount / rate)

    @given(amounts, rates, rates)
    def test_a_variance_has_the_sign_of_the_fall(self, amount, locked, market):
        """More company currency for one unit promised than the market gives."""
        variance = rate_locks.lock_variance(amount, locked, market)
        self.assertEqual(variance > 0, 1 / locked > 1 / market)
