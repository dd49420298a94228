"""The cash forecast and promises: properties, and slow obvious references."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.announced import Cover, spread
from ...engine.cash_forecast import (
    KINDS,
    OWED,
    Item,
    Promise,
    find_rate,
    forecast,
    place,
    split_order,
    total,
)
from ...engine.promises import PromiseFigures, judge

TODAY = date(2026, 2, 28)
days = st.integers(-60, 60).map(lambda n: TODAY + timedelta(days=n))
amounts = st.integers(-500, 500).filter(bool).map(lambda n: Decimal(n) / 100)
above = st.integers(1, 900).map(lambda n: Decimal(n) / 100)


@st.composite
def cases(draw):
    kinds = st.sampled_from([OWED, OWED, OWED, "order", "payable", "forward"])
    items = [
        Item(
            key,
            draw(kinds),
            draw(amounts),
            draw(st.none() | days),
            draw(st.none() | days),
        )
        for key in range(draw(st.integers(0, 7)))
    ]
    keys = draw(st.permutations(range(len(items))))
    promises = []
    while keys and draw(st.booleans()):
        count = draw(st.integers(1, len(keys)))
        keys, mine = keys[count:], keys[:count]
        promises.append(Promise(f"p{len(promises)}", draw(above), draw(days), mine))
    return items, promises


def by_cents(items, promises):
    """The obvious way: each cent of an item is asked for by itself."""
    cents = {item.key: int(item.amount * 100) for item in items}
    found = {}
    for promise in promises:
        left = int(promise.amount * 100)
        for key in promise.items:
            while left > 0 and cents[key] > 0:
                at = (key, "promised", max(promise.day, TODAY))
                found[at] = found.get(at, 0) + 1
                cents[key] -= 1
                left -= 1
    for item in items:
        if cents[item.key]:
            at = (item.key, *place(item, TODAY))
            found[at] = found.get(at, 0) + cents[item.key]
    return found


@tagged("post_install", "-at_install")
class TestCashForecast(BaseCase):
    @given(cases())
    def test_each_item_counts_once_whatever_is_promised(self, case):
        items, promises = case
        parts = forecast(items, promises, TODAY)
        sums = {}
        for part in parts:
            sums[part.item] = sums.get(part.item, 0) + part.amount
        self.assertEqual(sums, {item.key: item.amount for item in items})
        for part in parts:
            self.assertIn(part.kind, KINDS)
            self.assertGreaterEqual(part.day, TODAY)
            self.assertEqual(part.kind == "promised", part.promise is not None)

    @given(cases())
    def test_as_the_obvious_way(self, case):
        items, promises = case
        found = {}
        for part in forecast(items, promises, TODAY):
            at = (part.item, part.kind, part.day)
            found[at] = found.get(at, 0) + int(part.amount * 100)
        self.assertEqual(found, by_cents(items, promises))

    @given(cases())
    def test_no_promise_brings_more_than_it_says_or_than_there_is(self, case):
        items, promises = case
        parts = forecast(items, promises, TODAY)
        for promise in promises:
            brought = sum(p.amount for p in parts if p.promise == promise.key)
            owed = sum(max(items[key].amount, 0) for key in promise.items)
            self.assertEqual(brought, min(promise.amount, owed))
        self.assertEqual(sum(total(parts).values()), sum(item.amount for item in items))

    @given(
        above, st.lists(st.tuples(days, above), max_size=4), st.lists(days, max_size=3)
    )
    def test_an_order_is_split_and_nothing_is_lost(self, amount, planned, dues):
        terms = [(day, Decimal(1) / (len(dues) + 1)) for day in [*dues, TODAY]]
        parts = split_order(amount, planned, terms, Decimal("0.01"))
        self.assertEqual(sum(part for _kind, _day, part in parts), amount)
        agreed = sum(part for kind, _day, part in parts if kind == "planned")
        self.assertEqual(agreed, min(amount, sum(want for _day, want in planned)))

    def test_a_promise_of_what_is_not_there(self):
        with self.assertRaises(KeyError):
            forecast([], [Promise("p", Decimal(5), TODAY, ["gone"])], TODAY)

    def test_the_rate_that_holds(self):
        rates = [(date(2026, 1, 1), 1.1), (date(2026, 2, 1), 1.2)]
        self.assertIsNone(find_rate(rates, date(2025, 12, 31)))
        self.assertEqual(find_rate(rates, date(2026, 1, 31))[1], 1.1)
        self.assertEqual(find_rate(rates, date(2026, 2, 1))[1], 1.2)
        self.assertIsNone(find_rate([], TODAY))


@tagged("post_install", "-at_install")
class TestPromises(BaseCase):
    figures = st.builds(
        PromiseFigures,
        amount=above,
        deadline=days,
        in_time=st.integers(-100, 900).map(lambda n: Decimal(n) / 100),
        later=st.integers(0, 900).map(lambda n: Decimal(n) / 100),
        owed=st.none() | st.integers(0, 900).map(lambda n: Decimal(n) / 100),
        unmatched=st.integers(0, 900).map(lambda n: Decimal(n) / 100),
        written=st.integers(0, 900).map(lambda n: Decimal(n) / 100),
    )

    @given(figures)
    def test_broken_only_when_its_day_is_over_or_nothing_is_left(self, known):
        state = judge(known, TODAY)
        if state == "broken":
            self.assertTrue(TODAY > known.deadline or known.owed == 0)
            self.assertLess(known.in_time, known.amount)
        if known.in_time >= known.amount:
            self.assertEqual(state, "kept")

    @given(figures, above)
    def test_more_money_in_time_never_breaks_one(self, known, more):
        order = ["broken", "void", "open", "kept"]
        richer = PromiseFigures(
            known.amount,
            known.deadline,
            known.in_time + more,
            known.later,
            known.owed,
            known.unmatched,
            known.written,
        )
        self.assertGreaterEqual(
            order.index(judge(richer, TODAY)), order.index(judge(known, TODAY))
        )

    @given(figures)
    def test_judged_once_more_it_is_the_same_until_its_day(self, known):
        self.assertEqual(judge(known, TODAY), judge(known, TODAY))
        self.assertIn(judge(known, TODAY), ("open", "kept", "broken", "void"))

    @given(
        st.lists(st.tuples(above, st.lists(st.sampled_from("abcd"), unique=True))),
        st.dictionaries(st.sampled_from("abc"), above),
    )
    def test_spread_cent_by_cent(self, words, owed):
        """Slowly: each cent of each word goes to the first that takes one."""
        cent, taken = Decimal("0.01"), {}
        for amount, keys in words:
            for _each in range(int(amount / cent)):
                for key in keys:
                    if taken.get(key, Decimal(0)) < owed.get(key, Decimal(0)):
                        taken[key] = taken.get(key, Decimal(0)) + cent
                        break
        covers = [Cover(at, *word) for at, word in enumerate(words)]
        found = spread(covers, owed)
        sums = {key: sum(part for _at, part in parts) for key, parts in found.items()}
        self.assertEqual(sums, taken)

    def test_worked_examples(self):
        deadline, after = date(2026, 3, 6), date(2026, 3, 7)
        D = Decimal
        for figures, today, state in (
            ((D(700), deadline, D(0)), deadline, "open"),
            ((D(700), deadline, D(0), D(0), D(700)), after, "broken"),
            ((D(700), deadline, D(0), D(0), D(700), D(700)), after, "open"),
            ((D(700), deadline, D(100), D(0), D(600), D(600)), after, "open"),
            ((D(700), deadline, D(100), D(0), D(600), D("599.99")), after, "broken"),
            ((D(700), deadline, D(0), D(0), D(0)), deadline, "void"),
            ((D(700), deadline, D(650), D(0), D(0)), deadline, "kept"),
            ((D(700), deadline, D(650), D(0), D(0), D(0), D(50)), deadline, "kept"),
            ((D(700), deadline, D(50), D(0), D(0), D(0), D(650)), deadline, "void"),
            ((D(700), deadline, D(650), D(50), D(0)), after, "broken"),
            ((D(700), deadline, D(700), D(0), D(5)), deadline, "kept"),
        ):
            with self.subTest(figures=figures):
                self.assertEqual(judge(PromiseFigures(*figures), today), state)
