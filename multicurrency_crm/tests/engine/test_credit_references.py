"""The statistics of credit against published worked examples, and against slow ways to
compute the same."""

import math
from datetime import date, timedelta
from fractions import Fraction
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import credit_statistics as stats
from ...engine.credit_scores import (
    Band,
    Ceiling,
    Factor,
    assess,
    find_grade_without,
)

GRADES = {"a": 80, "b": 65, "c": 50, "d": 35, "e": 0}
USE = (Band(None, 0.5, 100), Band(0.5, None, 0))

months_of_sales = st.lists(
    st.tuples(st.integers(-500, 2_000), st.integers(28, 31)), min_size=1, max_size=30
)
returns = st.floats(-0.1, 0.1)


def count_back_by_days(receivable, months):
    """Day by day backwards, each with its share of its month's sales."""
    left, days, sold = Fraction(receivable), Fraction(0), False
    for sales, length in months[:24]:
        sold |= sales > 0
        of_a_day = Fraction(max(sales, 0), length)
        for _day in range(length):
            if of_a_day and left <= of_a_day:
                return days + left / of_a_day
            left -= of_a_day
            days += 1
    return days if sold else None


def weigh_by_recursion(one, other, decay):
    """Each day keeps λ of what was known and takes 1 − λ of its own; what the first day
    lacks is made up for at the end."""
    known = 0.0
    for a, b in zip(one, other, strict=True):
        known = decay * known + (1 - decay) * a * b
    return known / (1 - decay ** len(one))


@tagged("post_install", "-at_install")
class TestPublished(BaseCase):
    def test_collection_effectiveness(self):
        """Of two guides to collecting. 98 %: 100,000 + 1,000,000 − 120,000 of 100,000 +
        1,000,000 − 100,000. 79.63 %: 6,200 + 10,890 − 6,340 of 6,200 + 10,890 − 3,590.
        """
        year = (100_000, 1_000_000, 120_000, 100_000)
        self.assertEqual(stats.collection_effectiveness([year]), 98)
        quarter = (6_200, 10_890, 6_340, 3_590)
        found = stats.collection_effectiveness([quarter])
        self.assertEqual(round(found, 2), 79.63)

    def test_a_portfolio_of_two(self):
        """*Options, Futures, and Other Derivatives*, on value at risk: 10 million that
        move 2 % a day and 5 million that move 1 %, with a correlation of 0.3, move
        220,227 a day."""
        sigma = {("M", "M"): 0.02**2, ("M", "T"): 0.3 * 0.02 * 0.01, ("T", "T"): 1e-4}
        found = stats.value_at_risk({"M": 10e6, "T": 5e6}, sigma)
        self.assertEqual(round(found / 1.645 / math.sqrt(21)), 220_227)

    def test_a_day_that_moves_more(self):
        """The same, on volatility: 1 % a day so far, 2 % today, and λ of 0.90 are
        1.14 %."""
        found = stats.covariances({"M": [0.01] * 249 + [0.02]}, 0.9)
        self.assertEqual(round(100 * math.sqrt(found["M", "M"]), 2), 1.14)


@tagged("post_install", "-at_install")
class TestSlowly(BaseCase):
    @given(st.integers(1, 50_000), months_of_sales)
    def test_countback(self, receivable, months):
        found = stats.countback_dso(receivable, months)
        slow = count_back_by_days(receivable, months)
        if slow is None:
            self.assertIsNone(found)
        else:
            self.assertTrue(math.isclose(found, slow, rel_tol=1e-9), (found, slow))

    @given(
        st.lists(st.tuples(returns, returns), min_size=60, max_size=80),
        st.sampled_from((0.9, 0.94, 0.97)),
    )
    def test_exponentially_weighted(self, days, decay):
        series = dict(zip("AB", zip(*days, strict=True), strict=True))
        found = stats.covariances(series, decay)
        for one, other in ("AA", "AB", "BB"):
            slow = weigh_by_recursion(series[one], series[other], decay)
            close = math.isclose(found[one, other], slow, rel_tol=1e-6, abs_tol=1e-12)
            self.assertTrue(close)

    @given(
        st.lists(st.tuples(st.integers(-90, 300), st.integers(1, 40)), min_size=1),
    )
    def test_lateness(self, settled):
        """As if each unit of money were an invoice of its own."""
        units = [max(days, 0) for days, amount in settled for _unit in range(amount)]
        self.assertTrue(math.isclose(stats.lateness(settled), mean(units)))

    @given(st.lists(st.integers(0, 1_000), min_size=4, max_size=24), st.data())
    def test_months_are_pooled(self, flows, data):
        """Two months together are between them, and what follows from all items at
        once: collected / (collected + what was left overdue)."""
        months, opening = [], 500
        collected = overdue = 0
        for sales in flows:
            paid = data.draw(st.integers(0, opening + sales))
            closing = opening + sales - paid
            not_due = data.draw(st.integers(0, closing))
            months.append((opening, sales, closing, not_due))
            collected += paid
            overdue += closing - not_due
            opening = closing
        found = stats.collection_effectiveness(months)
        if collected + overdue:
            slow = collected / (collected + overdue) * 100
            self.assertTrue(math.isclose(found, slow))
        else:
            self.assertIsNone(found)

    @given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(1, 30))
    def test_anniversaries(self, first, years):
        """Whole on the day, less the day before; the 29th of February counts on the
        28th."""
        try:
            day = first.replace(year=first.year + years)
        except ValueError:
            day = date(first.year + years, 2, 28)
        self.assertEqual(stats.years_since(first, day), years)
        before = stats.years_since(first, day - timedelta(days=1))
        self.assertTrue(years - 0.1 < before < years)


@tagged("post_install", "-at_install")
class TestWithout(BaseCase):
    def test_a_ceiling_that_another_factor_hid(self):
        """With the use of the limit (40 + 0) / 2 = D, below the ceiling of C; without
        it A, were it not for the ceiling."""
        over = Ceiling("overdue_30", "c")
        factors = [
            Factor("lateness", 40, 0.1, USE),
            Factor("limit_use", 60, 0.9, USE),
        ]
        outcome = assess(factors, 9, GRADES, [over])
        self.assertEqual((outcome.grade, outcome.ceilings), ("d", ()))
        without = find_grade_without(outcome, {"limit_use"}, 9, GRADES, [over])
        self.assertEqual(without, "c")
        self.assertEqual(find_grade_without(outcome, {"limit_use"}, 9, GRADES, ()), "a")
        self.assertEqual(find_grade_without(outcome, {"limit_use"}, 2, GRADES), "c")
