"""Scores, grades and suggested limits, recomputed by hand and for any scorecard."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.credit_scores import (
    Band,
    Ceiling,
    Factor,
    assess,
    explain,
    find_band,
    find_grade,
    shrink,
    suggest_limit,
)
from ...engine.errors import ScoreError

GRADES = {"a": 80, "b": 65, "c": 50, "d": 35, "e": 0}
LATENESS = (
    Band(None, 0, 100),
    Band(0, 5, 90),
    Band(5, 15, 70),
    Band(15, 30, 45),
    Band(30, 60, 20),
    Band(60, None, 0),
)
YEARS = (
    Band(5, None, 100),
    Band(3, 5, 80),
    Band(1, 3, 60),
    Band(0.5, 1, 40),
    Band(None, 0.5, 20),
)


def factors():
    return st.builds(
        Factor,
        st.sampled_from(("lateness", "relation", "trend")),
        st.integers(0, 100),
        st.none() | st.floats(-1_000, 1_000),
        st.just(LATENESS),
        st.none() | st.floats(0, 100),
    )


@tagged("post_install", "-at_install")
class TestCreditScores(BaseCase):
    # === BANDS === #

    def test_both_ways_to_write_a_bound(self):
        """ "At most 5 days" and "at least 3 years" hold on the very bound."""
        for value, points in ((-3, 100), (0, 100), (0.1, 90), (5, 90), (60.1, 0)):
            self.assertEqual(find_band(value, LATENESS).points, points, value)
        for value, points in ((0.4, 20), (0.5, 40), (3, 80), (4.9, 80), (5, 100)):
            self.assertEqual(find_band(value, YEARS).points, points, value)

    def test_a_gap_is_an_error(self):
        with self.assertRaisesRegex(ScoreError, "holds 7"):
            find_band(7, (Band(None, 5, 100), Band(8, None, 0)))

    # === SCORE === #

    def test_by_hand(self):
        """(30 · 90 + 10 · 60) / 40 = 82.5: what has no data has no weight."""
        result = assess(
            [
                Factor("lateness", 30, 4, LATENESS),
                Factor("relation", 10, 2, YEARS),
                Factor("overdue", 25, None, LATENESS),
            ],
            settled=20,
            thresholds=GRADES,
        )
        self.assertEqual(result.score, 82.5)
        self.assertEqual(result.grade, "a")
        self.assertTrue(result.is_rated)
        late, years, overdue = result.contributions
        self.assertEqual((late.share, late.contribution), (0.75, 67.5))
        self.assertEqual((years.share, years.contribution), (0.25, 15.0))
        self.assertEqual((overdue.points, overdue.contribution), (None, 0.0))

    def test_few_invoices_lean_on_the_peers(self):
        self.assertEqual(shrink(100, 40, 0), 40)
        self.assertEqual(shrink(100, 40, 5), 70)
        [row] = explain([Factor("lateness", 30, 0, LATENESS, peer_points=40)], 15)
        self.assertEqual(row.points, 85)
        self.assertEqual(row.band.points, 100, "what was earned stays readable")

    def test_without_data(self):
        result = assess([Factor("lateness", 30, None, LATENESS)], 0, GRADES)
        self.assertIsNone(result.score)
        self.assertFalse(result.is_rated)
        self.assertEqual(result.grade, "c")

    def test_a_weight_of_zero_is_shown_only(self):
        shown = Factor("currency", 0, 70, LATENESS)
        result = assess([shown, Factor("relation", 10, 6, YEARS)], 9, GRADES)
        self.assertEqual(result.score, 100)
        self.assertEqual(result.contributions[0].points, 0)
        self.assertIsNone(assess([shown], 9, GRADES).score)

    def test_negative_weights_are_refused(self):
        with self.assertRaisesRegex(ScoreError, "below 0"):
            explain([Factor("relation", -1, 6, YEARS)], 9)

    # === GRADES === #

    def test_grades(self):
        for score, grade in ((100, "a"), (80, "a"), (79.9, "b"), (35, "d"), (0, "e")):
            self.assertEqual(find_grade(score, GRADES), grade)
        self.assertEqual(find_grade(-1, {"a": 80, "b": 10}), "b")
        self.assertEqual(find_grade(0.1 + 0.2, {"a": 0.3, "b": 0}), "a")
        self.assertEqual(find_grade(80 - 1e-13, GRADES), "a", "lost by adding up")

    def test_ceilings_come_after_scoring(self):
        good = [Factor("relation", 10, 6, YEARS)]
        over = Ceiling("overdue 30", "c")
        written_off = Ceiling("written off", "e")
        result = assess(good, 9, GRADES, [over, written_off])
        self.assertEqual((result.score, result.grade), (100, "e"))
        self.assertEqual(result.ceilings, (over, written_off))
        self.assertEqual(assess(good, 2, GRADES).grade, "c")
        bad = [Factor("relation", 10, 0, YEARS)]
        result = assess(bad, 9, GRADES, [over])
        self.assertEqual((result.grade, result.ceilings), ("e", ()))

    # === FOR ANY SCORECARD === #

    @given(st.lists(factors(), max_size=8), st.integers(0, 200))
    def test_a_score_is_what_its_rows_say(self, card, settled):
        result = assess(card, settled, GRADES)
        rows = [row for row in result.contributions if row.points is not None]
        weight = sum(row.weight for row in rows)
        if not weight:
            self.assertIsNone(result.score)
            return
        by_hand = sum(row.weight * row.points for row in rows) / weight
        self.assertAlmostEqual(result.score, by_hand)
        self.assertAlmostEqual(sum(row.share for row in rows), 1)
        self.assertTrue(-1e-9 <= result.score <= 100 + 1e-9)

    @given(
        st.lists(factors(), max_size=5),
        st.integers(0, 9),
        st.lists(st.sampled_from("abcde"), max_size=3),
    )
    def test_ceilings_never_make_a_grade_better(self, card, settled, grades):
        ceilings = [Ceiling("some reason", grade) for grade in grades]
        free = assess(card, settled, GRADES).grade
        capped = assess(card, settled, GRADES, ceilings).grade
        self.assertEqual(capped, max([free, *grades]))

    @given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 10_000))
    def test_shrinking_stays_between(self, own, peer, settled):
        low, high = sorted((own, peer))
        self.assertTrue(low - 1e-9 <= shrink(own, peer, settled) <= high + 1e-9)

    # === LIMIT === #

    def test_suggested_limit(self):
        sales, step = Decimal("48250.75"), Decimal(1000)
        self.assertEqual(suggest_limit(sales, Decimal(3), step), 144_000)
        capped = suggest_limit(sales, Decimal(3), step, cap=Decimal(99_999))
        self.assertEqual(capped, 99_000)
        self.assertEqual(suggest_limit(Decimal(-5), Decimal(3), step), 0)
        self.assertEqual(suggest_limit(sales, Decimal(0), step), 0)
