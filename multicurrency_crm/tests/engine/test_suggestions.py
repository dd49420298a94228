"""Suggestions: what they say holds for the documents that they are found in."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.suggestions import (
    LEAST_PATIENCE,
    NewCurrency,
    Reorder,
    expect_reorder,
    find_favour,
    find_new_currency,
    find_shortage,
    judge_quotation,
)

FIRST = date(2026, 1, 1)
TODAY = FIRST + timedelta(400)
DAYS = st.lists(st.integers(0, 400).map(lambda n: FIRST + timedelta(n)), max_size=20)
RATES = st.decimals("0.001", "1000", places=4)
MONEY = st.decimals("0.01", "5000", places=2)
CODES = st.sampled_from(["USD", "EUR", "JPY"])


@tagged("post_install", "-at_install")
class TestReorders(BaseCase):
    @given(DAYS)
    def test_a_reorder_lies_an_interval_after_the_last_order(self, days):
        found = expect_reorder(days, TODAY)
        known = sorted(set(days))
        if len(known) < 3:
            self.assertIsNone(found)
            return
        gaps = [(b - a).days for a, b in zip(known, known[1:], strict=False)][-12:]
        self.assertEqual(found.last, known[-1])
        self.assertEqual(found.expected - found.last, timedelta(found.interval))
        self.assertEqual(found.intervals, len(gaps))
        self.assertTrue(min(gaps) <= found.interval <= max(gaps))
        self.assertEqual(found.days_past, (TODAY - found.expected).days)
        # half of the intervals are as short, half as long
        self.assertGreaterEqual(sum(g <= found.interval for g in gaps) * 2, len(gaps))
        self.assertGreaterEqual(
            sum(g >= found.interval - 1 for g in gaps) * 2, len(gaps)
        )

    @given(DAYS, st.randoms())
    def test_neither_their_order_nor_doubles_say_anything(self, days, random):
        mixed = days * 2
        random.shuffle(mixed)
        self.assertEqual(expect_reorder(mixed, TODAY), expect_reorder(days, TODAY))

    @given(DAYS, st.integers(1, 100))
    def test_what_is_to_come_is_no_order_yet(self, days, ahead):
        later = [*days, TODAY + timedelta(ahead)]
        self.assertEqual(expect_reorder(later, TODAY), expect_reorder(days, TODAY))

    @given(st.integers(1, 60), st.integers(3, 30))
    def test_a_regular_customer_is_expected_regularly(self, gap, count):
        days = [FIRST + timedelta(gap * number) for number in range(count)]
        found = expect_reorder(days, days[-1] + timedelta(gap))
        self.assertEqual((found.interval, found.days_past), (gap, 0))

    def test_half_a_day_is_a_day_more(self):
        days = [FIRST, FIRST + timedelta(10), FIRST + timedelta(21)]
        self.assertEqual(expect_reorder(days, TODAY).interval, 11)

    def test_old_habits_are_forgotten(self):
        slow = [FIRST + timedelta(20 * number) for number in range(8)]
        fast = [slow[-1] + timedelta(3 * number) for number in range(1, 13)]
        found = expect_reorder(slow + fast, TODAY)
        self.assertEqual((found.interval, found.intervals), (3, 12))


@tagged("post_install", "-at_install")
class TestSuggestions(BaseCase):
    @given(st.integers(0, 400), st.lists(st.integers(0, 90)), st.integers(1, 90))
    def test_a_quotation_is_silent_beyond_the_slowest(self, age, taken, patience):
        found = judge_quotation(age, taken, patience)
        known = len(taken) >= 3
        bound = max([*taken, LEAST_PATIENCE]) if known else patience
        self.assertEqual(found is not None, age > bound)
        if found:
            self.assertEqual(
                (found.age, found.usual, found.quotations),
                (age, bound, len(taken) if known else 0),
            )

    @given(st.lists(st.integers(0, 90)), st.integers(1, 90), st.integers(0, 400))
    def test_who_ordered_more_slowly_once_has_more_time(self, taken, patience, age):
        if len(taken) >= 3 and not judge_quotation(age, taken, patience):
            self.assertIsNone(judge_quotation(age, [*taken, age], patience))

    @given(RATES, RATES, st.floats(0, 0.5))
    def test_a_favour_keeps_the_company_value(self, promised, now, least):
        found = find_favour(float(promised), float(now), least)
        exact = 1 - Fraction(now) / Fraction(promised)
        if found is None:
            self.assertTrue(exact <= 1e-9 or exact < least)
            return
        self.assertGreaterEqual(found, least - 1e-9)
        # the lower price at today's rate is worth what the price was at its own
        worth, lower = 1000 / float(promised), 1000 * (1 - found) / float(now)
        self.assertAlmostEqual(lower / worth, 1, 9)
        self.assertLess(1000 * (1 - found), 1000)

    @given(RATES, RATES)
    def test_a_favour_has_one_side(self, one, other):
        rates = float(one), float(other)
        both = find_favour(*rates, 0) and find_favour(*reversed(rates), 0)
        self.assertFalse(both)
        self.assertIsNone(find_favour(rates[0], rates[0], 0))

    def test_exactly_the_least_share_is_worth_a_word(self):
        self.assertAlmostEqual(find_favour(0.2, 0.198, 0.01), 0.01)
        self.assertIsNone(find_favour(0.2, 0.1981, 0.01))

    @given(st.lists(CODES, max_size=9), CODES)
    def test_a_new_currency_is_that_of_the_newest(self, currencies, chosen):
        found = find_new_currency(currencies, chosen)
        expected = (
            len(currencies) >= 3
            and len(set(currencies[-3:])) == 1
            and currencies[-1] != chosen
        )
        self.assertEqual(bool(found), expected)
        if found:
            self.assertEqual(found, NewCurrency(currencies[-1], chosen, 0))

    @given(st.lists(CODES, max_size=12))
    def test_the_usual_one_is_that_of_most_orders_before(self, currencies):
        found = find_new_currency(currencies, None)
        before = currencies[:-3]
        if not found:
            return
        self.assertEqual(found.before, len(before))
        self.assertGreaterEqual(len(before), 3)
        self.assertNotEqual(found.usual, found.currency)
        most = max(before.count(code) for code in before)
        self.assertEqual(before.count(found.usual), most)

    def test_of_two_usual_ones_the_newer(self):
        currencies = ["USD", "USD", "EUR", "EUR", *["JPY"] * 3]
        self.assertEqual(find_new_currency(currencies, None).usual, "EUR")
        self.assertIsNone(find_new_currency(["USD"] * 2 + ["EUR"] * 3, None))

    @given(st.decimals(-1000, 10000, places=2), st.lists(MONEY, max_size=20), DAYS)
    def test_a_shortage_is_what_the_limit_lacks(self, available, orders, days):
        reorder = expect_reorder(days, TODAY)
        found = find_shortage(available, orders, reorder, soon=30)
        if found:
            newest = orders[-12:]
            self.assertEqual(found.available + found.lacking, found.expected)
            self.assertGreater(found.lacking, 0)
            self.assertGreaterEqual(reorder.days_past, -30)
            self.assertTrue(min(newest) <= found.expected <= max(newest))
            self.assertEqual(found.orders, len(newest))
            self.assertIsNone(find_shortage(found.expected, orders, reorder, 30))

    def test_an_order_at_no_known_rate_tells_nothing(self):
        reorder = Reorder(FIRST, TODAY, 400, 2, 0)
        orders = [Decimal(9), None, Decimal(9)]
        self.assertIsNone(find_shortage(Decimal(0), orders, reorder, 0))
        self.assertTrue(find_shortage(Decimal(0), [Decimal(9)], reorder, 0))

    def test_nothing_is_said_of_nothing(self):
        self.assertIsNone(expect_reorder([], TODAY))
        self.assertIsNone(find_new_currency([], "USD"))
        self.assertIsNone(find_new_currency([], None))
        self.assertIsNone(find_favour(0, 1, 0))
        self.assertIsNone(find_favour(1, 0, 0))
        self.assertIsNone(find_shortage(Decimal(0), [], None, 30))
        self.assertIsNone(judge_quotation(5, [], 5))
