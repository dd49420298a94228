"""Which level an item is reminded at, and what being late costs: published examples,
slow references, and what always holds."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.announced import Cover, spread
from ...engine.collection import (
    Claim,
    Level,
    Loan,
    Stretch,
    accrue,
    accrue_by,
    charge,
    choose_level,
    plan_letter,
    units,
)

NEW_YEAR = date(2026, 1, 1)
CENT = 0.01

steps = st.lists(st.integers(-30, 120), min_size=1, max_size=6, unique=True).map(
    lambda days: [Level(at, number, quiet_days=5) for at, number in enumerate(days)]
)
lates = st.integers(-40, 200)
cents = st.integers(1, 10**8).map(lambda number: number / 100)
payments = st.lists(st.tuples(st.integers(-20, 90), st.integers(1, 40)), max_size=5)


def level(days, **conditions):
    return Level(days, days, **conditions)


def choose(levels, late, reached=None):
    found = choose_level(levels, late, reached)
    return found and found.days


@tagged("post_install", "-at_install")
class TestLevels(BaseCase):
    STEPS = (level(30), level(-3), level(7), level(14))

    def test_45685_due_today_is_not_overdue(self):
        """frappe/erpnext#45685"""
        self.assertIsNone(choose([level(1)], 0))
        self.assertEqual(choose([level(1)], 1), 1)

    def test_one_step_at_a_time(self):
        """Sixty days late and never reminded: the first step, not the last one."""
        self.assertEqual(choose(self.STEPS, 60), 7)
        self.assertEqual(choose(self.STEPS, 60, 7), 14)
        self.assertEqual(choose(self.STEPS, 60, 14), 30)
        self.assertIsNone(choose(self.STEPS, 60, 30))

    def test_a_friendly_word_before_and_never_after(self):
        self.assertEqual(choose(self.STEPS, -3), -3)
        self.assertIsNone(choose(self.STEPS, -4))
        self.assertIsNone(choose(self.STEPS, -1, -3))
        self.assertIsNone(choose(self.STEPS, 1))
        self.assertEqual(choose(self.STEPS, 7, -3), 7)

    def test_the_nearest_friendly_word(self):
        self.assertEqual(choose([level(-14), level(-2)], -1), -2)

    @given(steps, lates, lates)
    def test_the_later_the_higher(self, levels, first, second):
        """Monotone in days, for one that had no letter yet."""
        less, more = sorted((first, second))
        early, late = choose(levels, less), choose(levels, more)
        if early is not None and late is not None:
            self.assertLessEqual(early, late)

    @given(steps, st.lists(lates, min_size=1, max_size=20))
    def test_never_twice_and_never_back(self, levels, days):
        """An item that grows older, and whose every letter left."""
        reached, sent = None, []
        for late in sorted(days):
            if (found := choose(levels, late, reached)) is not None:
                sent.append(found)
                reached = found
        self.assertEqual(sent, sorted(set(sent)))

    @given(steps, lates, st.none() | lates)
    def test_as_a_slow_reference_has_it(self, levels, late, reached):
        candidates = {
            one.days
            for one in levels
            if one.days <= late
            and not (reached is not None and one.days <= reached)
            and not (late > 0 and one.days <= 0)
        }
        expected = None
        for days in candidates:
            better = expected is None or (
                days > expected if late <= 0 else days < expected
            )
            if better:
                expected = days
        self.assertEqual(choose(levels, late, reached), expected)


@tagged("post_install", "-at_install")
class TestLetters(BaseCase):
    def _plan(self, claims, levels=None, **known):
        return plan_letter(levels or [level(7), level(14)], claims, **known)

    def _keys(self, plan):
        return [choice.key for choice in plan.choices]

    def test_items_of_several_levels_in_one_letter(self):
        plan = self._plan([Claim(1, 8, 10.0), Claim(2, 20, 10.0, reached=7)])
        self.assertEqual(plan.verdict, "letter")
        self.assertEqual(plan.level.days, 14)
        self.assertEqual(
            [(one.key, one.level.days) for one in plan.choices], [(1, 7), (2, 14)]
        )

    def test_obstacles_alone_and_beside_others(self):
        disputed = Claim(2, 9, 10.0, obstacle="disputed")
        plan = self._plan([disputed])
        self.assertEqual((plan.verdict, len(plan.obstacles)), ("obstacles", 1))
        plan = self._plan([Claim(1, 8, 10.0), disputed])
        self.assertEqual((plan.verdict, self._keys(plan)), ("letter", [1]))

    def test_an_obstacle_of_what_is_not_due_is_none(self):
        plan = self._plan([Claim(2, 3, 10.0, obstacle="disputed")])
        self.assertEqual(plan.verdict, "nothing")

    def test_what_will_fall_due_stays_out_of_a_letter_about_what_is_late(self):
        levels = [level(-5), level(7)]
        plan = self._plan([Claim(1, 8, 10.0), Claim(2, -2, 10.0)], levels)
        self.assertEqual(self._keys(plan), [1])

    def test_covered_by_money_that_is_not_allocated(self):
        claims = [Claim(1, 8, 10.10), Claim(2, 8, 0.20)]
        self.assertEqual(self._plan(claims, unallocated=10.30).verdict, "covered")
        self.assertEqual(self._plan(claims, unallocated=10.29).verdict, "letter")

    def test_quiet_days(self):
        levels = [level(7, quiet_days=5)]
        claims = [Claim(1, 8, 10.0)]
        self.assertEqual(self._plan(claims, levels, since_last=4).verdict, "quiet")
        self.assertEqual(self._plan(claims, levels, since_last=5).verdict, "letter")

    def test_smallest_amounts_in_a_named_currency(self):
        """100 at 7.1 for 1 are 710: reached; 1/7.1 of it wouldn't be."""
        at = {"factor": 7.1}
        for least, verdict in ((710.0, "letter"), (710.01, "small")):
            levels = [level(7, min_item=least, **at)]
            plan = self._plan([Claim(1, 8, 100.0)], levels)
            self.assertEqual(plan.verdict, verdict, least)

    def test_item_and_balance_or_one_of_them(self):
        claims = [Claim(1, 8, 60.0), Claim(2, 8, 50.0)]
        conditions = {"min_item": 55.0, "min_balance": 110.0}
        self.assertEqual(self._keys(self._plan(claims, [level(7, **conditions)])), [1])
        either = [level(7, needs="any", **conditions)]
        self.assertEqual(self._keys(self._plan(claims, either)), [1, 2])
        # money that isn't allocated counts against the balance
        plan = self._plan(claims, either, unallocated=1.0)
        self.assertEqual(self._keys(plan), [1])

    def test_the_balance_is_what_is_late(self):
        """730 were reminded of before, 80 are new: 810 are late."""
        levels = [level(7, min_balance=800.0), level(40)]
        claims = [Claim(1, 20, 730.0, reached=7), Claim(2, 9, 80.0)]
        plan = self._plan(claims, levels)
        self.assertEqual((plan.verdict, self._keys(plan)), ("letter", [2]))
        self.assertEqual(self._plan(claims, levels, unallocated=10.01).verdict, "small")
        # what isn't late yet, is disputed, or will fall due doesn't count
        for other in (
            Claim(1, 0, 730.0, reached=-3),
            Claim(1, 20, 730.0, reached=7, obstacle="disputed"),
        ):
            self.assertEqual(self._plan([other, claims[1]], levels).verdict, "small")

    def test_money_goes_to_what_is_late_besides_first(self):
        levels = [level(7), level(40)]
        claims = [Claim(1, 20, 3000.0, reached=7), Claim(2, 9, 400.0)]
        for money, verdict, favour in (
            (600.0, "letter", 0.0),
            (3000.0, "letter", 0.0),
            (3100.0, "letter", 100.0),
            (3400.0, "covered", 400.0),
        ):
            plan = self._plan(claims, levels, unallocated=money)
            self.assertEqual((plan.verdict, plan.favour), (verdict, favour), money)
            self.assertEqual(self._keys(plan), [2])

    def test_who_is_late_gets_no_friendly_word(self):
        levels = [level(-5), level(7), level(40)]
        claims = [Claim(1, 20, 300.0, reached=7), Claim(2, -2, 80.0)]
        self.assertEqual(self._plan(claims, levels).verdict, "nothing")
        # who has paid it, and nobody has matched it yet, isn't late
        plan = self._plan(claims, levels, unallocated=310.0)
        self.assertEqual((self._keys(plan), plan.favour), ([2], 10.0))

    @given(
        steps,
        st.lists(st.tuples(lates, cents, st.none() | lates), max_size=6),
        cents,
    )
    def test_something_is_to_be_paid(self, levels, owed, unallocated):
        """A letter asks for more than it takes off, which is there."""
        claims = [Claim(at, *one) for at, one in enumerate(owed)]
        plan = plan_letter(levels, claims, unallocated)
        if plan.verdict == "letter":
            asked = sum(claims[key].residual for key in self._keys(plan))
            self.assertGreater(units(asked - plan.favour, CENT), 0)
            self.assertLessEqual(units(plan.favour, CENT), units(unallocated, CENT))

    @given(steps, st.lists(st.tuples(lates, cents), max_size=6), cents)
    def test_only_what_is_due_and_each_once(self, levels, owed, unallocated):
        claims = [Claim(at, *one) for at, one in enumerate(owed)]
        plan = plan_letter(levels, claims, unallocated)
        self.assertEqual(len(set(self._keys(plan))), len(plan.choices))
        for choice in plan.choices:
            self.assertLessEqual(choice.level.days, claims[choice.key].late)
            self.assertLessEqual(choice.level.days, plan.level.days)


@tagged("post_install", "-at_install")
class TestSpread(BaseCase):
    def test_the_oldest_first_as_far_as_it_goes(self):
        covers = [Cover(1, 70.0, (11, 12, 13)), Cover(2, 15.0, (13,))]
        found = spread(covers, {11: 40.0, 12: 50.0, 13: 20.0, 14: 5.0})
        self.assertEqual(found, {11: [(1, 40.0)], 12: [(1, 30.0)], 13: [(2, 15.0)]})

    def test_what_nobody_knows_the_amount_of_pays_all(self):
        found = spread([Cover(1, None, (11, 12))], {11: 40.0, 12: 0.5})
        self.assertEqual(found, {11: [(1, 40.0)], 12: [(1, 0.5)]})

    def test_more_than_is_open_and_nothing(self):
        self.assertEqual(spread([Cover(1, 99.0, (11,))], {11: 40.0}), {11: [(1, 40.0)]})
        self.assertEqual(spread([Cover(1, 0.0, (11,))], {11: 40.0}), {})


@tagged("post_install", "-at_install")
class TestInterest(BaseCase):
    def test_e7_balance_times_days(self):
        """USD 1,000 due 1 January, 400 paid on the 11th, letter on the 31st."""
        loan = Loan(NEW_YEAR, 1000.0, ((date(2026, 1, 11), 400.0),))
        first = charge(accrue(loan, date(2026, 1, 31), 0.1, 365), 0.0, CENT)
        self.assertEqual(first, 6.03)
        more = accrue(loan, date(2026, 2, 10), 0.1, 365)
        self.assertEqual(charge(more, first, CENT), 1.64)

    def test_erpnext_dunning(self):
        """100 for 15 days at 10 %, 365 days a year: 0.41."""
        accrued = accrue(Loan(NEW_YEAR, 100.0), date(2026, 1, 16), 0.1, 365)
        self.assertEqual(charge(accrued, 0.0, CENT), 0.41)

    def test_49621_interest_follows_the_balance(self):
        """frappe/erpnext#49621; at 360 days a year 7,200 bear 2 a day at 10 %."""
        loan = Loan(NEW_YEAR, 7200.0, ((date(2026, 1, 6), 3600.0),))
        self.assertAlmostEqual(accrue(loan, date(2026, 1, 11), 0.1, 360), 15.0)

    def test_58220_what_was_paid_bore_interest(self):
        """frappe/erpnext#58220"""
        loan = Loan(NEW_YEAR, 7200.0, ((date(2026, 1, 11), 7200.0),))
        self.assertAlmostEqual(accrue(loan, date(2027, 1, 1), 0.1, 360), 20.0)

    def test_before_the_due_day_nothing(self):
        loan = Loan(NEW_YEAR, 100.0, ((date(2025, 12, 1), 30.0),))
        self.assertEqual(accrue(loan, NEW_YEAR, 0.1, 365), 0.0)
        self.assertEqual(accrue(loan, date(2025, 12, 30), 0.1, 365), 0.0)
        self.assertAlmostEqual(accrue(loan, date(2026, 1, 11), 0.365, 365), 0.7)

    def test_never_back(self):
        """A payment that is dated back takes nothing back."""
        self.assertEqual(charge(5.0, 6.03, CENT), 0.0)

    def test_rounded_by_the_currency(self):
        self.assertEqual(charge(12.5, 0.0, 1.0), 13.0)
        self.assertEqual(charge(0.0125, 0.0, 0.001), 0.013)
        self.assertEqual(units(1.005, CENT), 101)

    def _slow(self, loan, day):
        """Day by day, in exact fractions."""
        total = Fraction(0)
        for number in range((day - loan.due).days):
            today = loan.due + timedelta(number)
            settled = sum(
                Fraction(str(amount)) for when, amount in loan.settled if when <= today
            )
            total += max(Fraction(str(loan.amount)) - settled, 0)
        return total

    @given(cents, payments, st.integers(-10, 100))
    def test_as_day_by_day(self, amount, paid, days):
        settled = tuple(
            (NEW_YEAR + timedelta(at), round(amount * share / 100, 2))
            for at, share in paid
        )
        loan, day = Loan(NEW_YEAR, amount, settled), NEW_YEAR + timedelta(days)
        expected = float(self._slow(loan, day) / 10 / 365)
        self.assertAlmostEqual(
            accrue(loan, day, 0.1, 365), expected, delta=1e-6 * max(amount, 1.0)
        )

    def test_a_new_rate_counts_from_the_next_day_on(self):
        """3,600 at 10 % of 360 days bear 1.00 a day, at 20 % 2.00."""
        loan = Loan(NEW_YEAR, 3600.0, ((date(2026, 2, 10), 3600.0),))
        first = Stretch(date(2026, 1, 31), 0.1, 360)
        for days, rate, expected in (
            (30, 0.2, 30.0),  # of the same day: nothing more
            (35, 0.2, 40.0),
            (90, 0.2, 50.0),  # paid after ten more days
            (90, 0.05, 35.0),
        ):
            later = Stretch(NEW_YEAR + timedelta(days), rate, 360)
            self.assertAlmostEqual(accrue_by(loan, [first, later]), expected)
        # the third one at the first rate again
        stretches = [
            first,
            Stretch(date(2026, 2, 5), 0.2, 360),
            Stretch(date(2026, 3, 1), 0.1, 360),
        ]
        self.assertAlmostEqual(accrue_by(loan, stretches), 30.0 + 10.0 + 5.0)
        self.assertEqual(accrue_by(loan, []), 0.0)

    rates = st.sampled_from((0.02, 0.0875, 0.1, 0.36))

    @given(
        cents,
        payments,
        st.lists(
            st.tuples(st.integers(-5, 120), rates, st.sampled_from((360, 365))),
            max_size=5,
        ),
    )
    def test_stretches_as_day_by_day(self, amount, paid, letters):
        settled = tuple(
            (NEW_YEAR + timedelta(at), round(amount * share / 100, 2))
            for at, share in paid
        )
        loan, expected = Loan(NEW_YEAR, amount, settled), Fraction(0)
        stretches = [
            Stretch(NEW_YEAR + timedelta(days), rate, basis)
            for days, rate, basis in sorted(letters)
        ]
        since = 0
        for days, rate, basis in sorted(letters):
            for number in range(since, max(days, since)):
                today = loan.due + timedelta(number)
                off = sum(Fraction(str(x)) for when, x in settled if when <= today)
                balance = max(Fraction(str(amount)) - off, 0)
                expected += balance * Fraction(str(rate)) / basis
            since = max(days, since)
        self.assertAlmostEqual(
            accrue_by(loan, stretches), float(expected), delta=1e-6 * max(amount, 1.0)
        )

    @given(cents, payments, st.lists(st.integers(0, 300), min_size=1, max_size=6))
    def test_letters_charge_together_what_one_would(self, amount, paid, days):
        settled = tuple((NEW_YEAR + timedelta(at), float(x)) for at, x in paid)
        loan = Loan(NEW_YEAR, amount, settled)
        charged = 0.0
        for number in sorted(days):
            accrued = accrue(loan, NEW_YEAR + timedelta(number), 0.12, 360)
            charged += charge(accrued, charged, CENT)
        last = accrue(loan, NEW_YEAR + timedelta(max(days)), 0.12, 360)
        self.assertEqual(units(charged, CENT), units(last, CENT))
