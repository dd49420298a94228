"""Doubts about published rates, by example."""

import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine import checks
from ...engine.errors import InvalidRate

START = datetime.date(2026, 1, 5)
TENTH = Decimal("0.1")


def day(number):
    return START + datetime.timedelta(number)


def series(*values, start=0, step=1):
    return {day(start + n * step): Decimal(str(v)) for n, v in enumerate(values)}


def booked(*values, **places):
    return {when: float(rate) for when, rate in series(*values, **places).items()}


#: forty days that move by half a per cent
CALM = [1.0, 1.005] * 20
#: forty days that move by two per cent
WILD = [1.0, 1.02] * 20


@tagged("post_install", "-at_install")
class TestCheckSeries(BaseCase):
    def doubted(self, published, known, max_jump=TENTH):
        return checks.check_series(published, known, max_jump)

    def test_nothing(self):
        self.assertEqual(self.doubted({}, {}), {})
        self.assertEqual(self.doubted({}, booked(1, 2)), {})
        self.assertEqual(self.doubted(series(7.1), {}), {})

    def test_limit_follows_the_currency(self):
        """A calm currency may move by 4σ, a wild one by the largest jump allowed."""
        next_day = {"start": 40}
        for history, fits, exceeds in (
            (booked(*[3.6725] * 40), "3.74", "3.75"),
            (booked(*CALM), "1.025", "1.026"),
            (booked(*WILD), "1.0835", "1.104"),
        ):
            # 4 × 0.5 % is just above the least limit of 2 %; 4 × 2 % is below 10 %
            with self.subTest(fits=fits):
                self.assertFalse(self.doubted(series(fits, **next_day), history))
                self.assertTrue(self.doubted(series(exceeds, **next_day), history))

    def test_few_booked_days(self):
        """Where the habit isn't known, the largest jump alone counts."""
        known = booked(1.0, 1.0, 1.0)
        self.assertFalse(self.doubted(series("1.1", start=3), known))
        found = self.doubted(series("1.1001", start=3), known)
        self.assertEqual(
            found,
            {
                day(3): checks.Doubt(
                    "jump", Decimal("1.0"), day(2), Decimal("0.1001"), None
                )
            },
        )
        self.assertFalse(self.doubted(series("0.91", start=3), known))
        self.assertTrue(self.doubted(series("0.909", start=3), known))

    def test_time_between_days_counts(self):
        history = booked(*CALM)
        self.assertTrue(self.doubted(series("1.04", start=40), history))
        self.assertFalse(self.doubted(series("1.04", start=44), history))

    def test_scale(self):
        known = booked(20.0, 20.1)
        for text, factor in (("0.2", 100), ("2000", 100), ("207", 10), ("19900", 1000)):
            with self.subTest(text):
                [doubt] = self.doubted(series(text, start=2), known).values()
                self.assertEqual((doubt.reason, doubt.factor), ("scale", factor))
                self.assertEqual(doubt.jump > 0, Decimal(text) > 20)
        [doubt] = self.doubted(series("60", start=2), known).values()
        self.assertEqual((doubt.reason, doubt.factor), ("jump", None))

    def test_outlier_alone_is_doubtful(self):
        found = self.doubted(
            series(1.0, 1.01, 1.3, 1.02, 1.01, 1.0, start=1), booked(1.0)
        )
        self.assertEqual(list(found), [day(3)])
        self.assertEqual(found[day(3)].previous_date, day(2))

    def test_before_and_between(self):
        """History loads backwards and into gaps: the nearest known day counts."""
        known = {**booked(2.0, start=100), **booked(1.0)}
        published = series(1.0, 1.01, start=2) | series(2.0, 1.98, 1.99, start=95)
        self.assertFalse(self.doubted(published, known))
        found = self.doubted(series(1.5, start=40) | series(1.5, start=60), known)
        self.assertEqual(found[day(40)].previous_date, day(0))
        self.assertEqual(found[day(60)].previous_date, day(100))
        earlier = self.doubted(series(1.5, 1.0, start=-2), known)
        self.assertEqual(list(earlier), [day(-2)])
        self.assertEqual(earlier[day(-2)].previous_date, day(-1))

    def test_correction_of_the_same_day(self):
        known = booked(1.0, 1.0, 1.0)
        self.assertFalse(self.doubted(series(1.01, start=1), known))
        found = self.doubted(series(1.5, 1.01, start=1), known)
        self.assertEqual(list(found), [day(1)])
        self.assertEqual(found[day(1)].previous_date, day(1))

    def test_believed_correction_counts(self):
        """What follows a corrected day is compared with the correction."""
        found = self.doubted(series("1.09", "1.18", start=0), booked(1.0))
        self.assertFalse(found)

    def test_new_level(self):
        """Five days on the new level make only its first one doubtful."""
        shifted = [1.2, 1.21, 1.2, 1.19, 1.2, 1.21, 1.2]
        found = self.doubted(series(*shifted, start=40), booked(*CALM))
        self.assertEqual(list(found), [day(40)])
        # four say too little
        found = self.doubted(series(*shifted[:5], start=40), booked(*CALM))
        self.assertEqual(list(found), [day(n) for n in range(40, 45)])
        # and backwards in time
        found = self.doubted(series(*shifted, start=-7), booked(*CALM))
        self.assertEqual(list(found), [day(-1)])

    def test_level_that_wanders_back(self):
        back = [1.2, 1.19, 1.05, 1.0, 1.0, 1.0, 1.0]
        found = self.doubted(series(*back, start=3), booked(1.0, 1.0, 1.0))
        self.assertEqual(list(found), [day(3), day(4)])

    def test_wild_days_after_a_peg_was_given_up(self):
        peg = booked(*[1.201, 1.2012] * 20)
        free = [1.028, 1.0128, 1.0034, 1.0101, 0.9998, 0.9943, 0.9816, 1.0065, 1.022]
        found = self.doubted(series(*free, start=40), peg, Decimal("0.1"))
        self.assertEqual(list(found), [day(40)])

    def test_scale_and_doubling_are_never_a_level(self):
        for value in ("100", "2.5"):
            with self.subTest(value):
                published = series(*[value] * 9, start=3)
                found = self.doubted(published, booked(1.0, 1.0, 1.0))
                self.assertEqual(list(found), sorted(published))

    def test_gap_of_more_than_a_year(self):
        far = {"start": 400}
        self.assertFalse(self.doubted(series(5.0, 5.1, **far), booked(1.0)))
        self.assertTrue(self.doubted(series(5.0, start=366), booked(1.0)))
        # the first ones after the gap vouch for each other
        found = self.doubted(series(500, 5.0, 5.1, 5.0, **far), booked(1.0))
        self.assertEqual(list(found), [day(400)])
        self.assertEqual(found[day(400)].factor, 100)

    def test_doubts_are_no_gap(self):
        """A slip that lasts for years doesn't become true by lasting."""
        published = series(*["100"] * 900, start=1)
        self.assertEqual(len(self.doubted(published, booked(1.0))), 900)

    def test_without_booked_day(self):
        """The middle of the newest five stands for what is known."""
        found = self.doubted(series(1.0, 1.01, 1.0, 1.02, 1.01, 7.0), {})
        self.assertEqual(list(found), [day(5)])
        found = self.doubted(series(70, 0.7, 0.71, 0.7), {})
        self.assertEqual(list(found), [day(0)])

    def test_no_rate_at_all(self):
        with self.assertRaises(InvalidRate):
            self.doubted(series(1, 0), booked(1.0))
        # nothing can be compared with a zero in the books
        self.assertFalse(self.doubted(series(5, start=1), booked(0.0)))


@tagged("post_install", "-at_install")
class TestOtherChecks(BaseCase):
    def test_first_days(self):
        self.assertTrue(checks.first_days(series(1), {}))
        self.assertTrue(checks.first_days(series(1), booked(1, start=367)))
        self.assertFalse(checks.first_days(series(1), booked(1, start=-366)))
        self.assertTrue(checks.first_days(series(1, 2, start=500), booked(1, 2)))

    def test_date(self):
        self.assertIsNone(checks.check_date(day(1), day(1)))
        self.assertEqual(checks.check_date(day(2), day(1)), "future")

    def test_age(self):
        self.assertFalse(checks.is_too_old(day(0), day(7), 7))
        self.assertTrue(checks.is_too_old(day(0), day(8), 7))
        self.assertFalse(checks.is_too_old(day(0), day(900), 0))

    def test_disagreement(self):
        self.assertFalse(checks.disagreement(1.0, Decimal("1.02"), 0.02))
        self.assertTrue(checks.disagreement(1.0, Decimal("1.0201"), Decimal("0.02")))
        self.assertTrue(checks.disagreement(1.0201, 1.0, 0.02))
        self.assertFalse(checks.disagreement(5, 5, 0))
        with self.assertRaises(InvalidRate):
            checks.disagreement(1.0, 0.0, 0.02)
