"""How customers pay, by hand; what currencies may cost, against the matrix formula."""

import math
import statistics
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import credit_statistics as stats

TODAY = date(2026, 11, 20)
amounts = st.floats(-1_000_000, 1_000_000)
returns = st.floats(-0.1, 0.1)


def covariance_at_risk(exposures, series):
    """The same by the matrix of covariances, term by term."""
    total = 0.0
    for one, mine in series.items():
        for other, theirs in series.items():
            shared = statistics.covariance(mine, theirs)
            total += exposures[one] * exposures[other] * shared
    return 1.645 * math.sqrt(max(total, 0.0) * 21)


@tagged("post_install", "-at_install")
class TestPaying(BaseCase):
    def test_lateness_weighs_by_value(self):
        """A hundred small ones a week late hardly weigh beside a large one in time."""
        small = [(7, 10.0)] * 100
        self.assertEqual(stats.lateness(small), 7)
        self.assertEqual(stats.lateness([*small, (-30, 9_000.0)]), 0.7)
        self.assertIsNone(stats.lateness([]))
        self.assertIsNone(stats.lateness([(9, 0.0)]))

    def test_expected_pay_date(self):
        due = TODAY + timedelta(days=10)
        own, peers = [-2, 3, 4, 5, 90], [20]
        found = stats.expected_pay_date(due, own, peers, TODAY)
        self.assertEqual(found, due + timedelta(days=4))
        found = stats.expected_pay_date(due, own[:4], peers, TODAY)
        self.assertEqual(found, due + timedelta(days=20))
        self.assertEqual(stats.expected_pay_date(due, [], [], TODAY), due)
        past = TODAY - timedelta(days=300)
        tomorrow = TODAY + timedelta(days=1)
        self.assertEqual(stats.expected_pay_date(past, own, [], TODAY), tomorrow)

    def test_countback(self):
        """150 open: November's 60 (20 days), October's 60 (31), half of September's
        60 (15)."""
        months = [(60, 20), (60, 31), (60, 30), (60, 31)]
        self.assertEqual(stats.countback_dso(150, months), 66)
        self.assertEqual(stats.countback_dso(0, months), 0)
        self.assertEqual(stats.countback_dso(-5, months), 0)
        self.assertEqual(stats.countback_dso(30, [(0, 20), (60, 31)]), 35.5)
        self.assertEqual(stats.countback_dso(30, [(-10, 20), (60, 31)]), 35.5)
        self.assertIsNone(stats.countback_dso(30, [(0, 20)]))
        self.assertEqual(stats.countback_dso(99, [(1, 30)] * 40), 24 * 30)

    def test_windowed(self):
        self.assertEqual(stats.windowed_dso(300, 900, 90), 30)
        self.assertIsNone(stats.windowed_dso(300, 0, 90))

    @given(st.floats(0.01, 1_000), st.floats(0.01, 1_000))
    def test_even_sales_agree_in_both_ways(self, receivable, sales):
        receivable = min(receivable, sales * 12)
        back = stats.countback_dso(receivable, [(sales, 30)] * 12)
        window = stats.windowed_dso(receivable, sales * 12, 360)
        self.assertTrue(math.isclose(back, window, rel_tol=1e-6))

    def test_collection_effectiveness(self):
        """(100 + 50 − 90) / (100 + 50 − 70) = 75 %; months pool by their sums."""
        month = (100, 50, 90, 70)
        self.assertEqual(stats.collection_effectiveness([month]), 75)
        pooled = stats.collection_effectiveness([month, (90, 30, 0, 0)])
        self.assertEqual(pooled, 180 / 200 * 100)
        self.assertIsNone(stats.collection_effectiveness([(0, 50, 50, 50)]))

    def test_loss_allowance(self):
        buckets = {"not due": Decimal(1000), "90+": Decimal("33.33")}
        lost = stats.loss_allowance(
            buckets, {"not due": Decimal("0.005"), "90+": Decimal("0.5")}
        )
        self.assertEqual(lost, {"not due": Decimal(5), "90+": Decimal("16.665")})
        with self.assertRaises(KeyError):
            stats.loss_allowance(buckets, {})

    def test_trend_and_relation(self):
        self.assertEqual(stats.trend(120, 80), 1.5)
        self.assertIsNone(stats.trend(120, 0))
        self.assertEqual(stats.years_since(TODAY - timedelta(days=1461), TODAY), 4)
        self.assertEqual(stats.years_since(TODAY + timedelta(days=9), TODAY), 0)
        self.assertIsNone(stats.years_since(None, TODAY))


@tagged("post_install", "-at_install")
class TestValueAtRisk(BaseCase):
    def _days(self, values, step=1):
        return {TODAY + timedelta(n * step): value for n, value in enumerate(values)}

    def test_returns_on_shared_days(self):
        found = stats.aligned_returns(
            {"USD": self._days([7.0, 7.1, 7.2]), "EUR": self._days([8.0, 8.4], 2)}
        )
        self.assertEqual(found["USD"], [math.log(7.2 / 7.0)])
        self.assertEqual(found["EUR"], [math.log(8.4 / 8.0)])
        long = stats.aligned_returns({"USD": self._days([7.0 + n for n in range(400)])})
        self.assertEqual(len(long["USD"]), 250)
        self.assertEqual(stats.aligned_returns({}), {})

    @staticmethod
    def _at_risk(exposures, returns, floors=None, decay=None):
        sigma = stats.covariances(returns, decay)
        return stats.value_at_risk(exposures, sigma, floors)

    def test_by_hand(self):
        """±1 % a day on 1,000: 1.645 · 1,000 · 0.01 · √21 (samples divide by n − 1)."""
        swing = {"USD": [0.01, -0.01] * 50}
        expected = 1.645 * 1000 * 0.01 * math.sqrt(21)
        plain = self._at_risk({"USD": 1000}, swing)
        self.assertAlmostEqual(plain, expected * math.sqrt(100 / 99))
        weighted = self._at_risk({"USD": 1000}, swing, decay=stats.DECAY)
        self.assertAlmostEqual(weighted, expected)

    def test_what_moves_together_cancels_out(self):
        swing = [0.01, -0.01] * 50
        series = {"USD": swing, "HKD": swing}
        hedged = self._at_risk({"USD": 1000, "HKD": -1000}, series)
        self.assertAlmostEqual(hedged, 0)

    def test_a_peg_has_its_floor(self):
        pegged = {"AED": [0.0] * 100}
        self.assertEqual(self._at_risk({"AED": 1000}, pegged), 0)
        found = self._at_risk({"AED": 1000}, pegged, floors={"AED": 0.002})
        self.assertAlmostEqual(found, 1.645 * 1000 * 0.002 * math.sqrt(21))

    def test_few_returns_give_no_variance(self):
        self.assertIsNone(stats.covariances({"USD": [0.01] * 59}))
        self.assertEqual(self._at_risk({}, {}), 0)
        self.assertEqual(self._at_risk({"USD": 0}, {"USD": [0.01, 0.02] * 30}), 0)

    @given(st.data(), st.lists(amounts, min_size=1, max_size=3))
    def test_as_by_the_matrix(self, data, held):
        days = st.lists(returns, min_size=60, max_size=60)
        series = {str(n): data.draw(days) for n in range(len(held))}
        exposures = {str(n): amount for n, amount in enumerate(held)}
        found = self._at_risk(exposures, series)
        slow = covariance_at_risk(exposures, series)
        scale = sum(map(abs, held)) + 1
        self.assertTrue(math.isclose(found, slow, rel_tol=1e-6, abs_tol=1e-6 * scale))
