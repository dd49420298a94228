"""Stages and flags of customers, against a reference that looks at each day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.lifecycle import (
    PROVES,
    STAGES,
    Fact,
    Flags,
    Patience,
    find_flags,
    find_intervals,
    has_silence,
    list_past,
)

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 40).map(lambda number: FIRST + timedelta(number))
FACTS = st.lists(
    st.builds(
        Fact,
        kind=st.sampled_from([*PROVES, "dispute"]),
        day=DAYS,
        document=st.integers(1, 4),
    ),
    max_size=12,
)


def get_stage_on(facts, day):
    """The furthest stage that facts until a day prove, looked up one by one."""
    known = [fact for fact in facts if fact.day <= day]
    kinds = {fact.kind for fact in known}
    orders = {fact.document for fact in known if fact.kind == "order"}
    proved = {PROVES[kind] for kind in kinds if kind in PROVES}
    if len(orders) > 1:
        proved.add("repeat")
    return next((stage for stage in reversed(STAGES) if stage in proved), None)


@tagged("post_install", "-at_install")
class TestIntervals(BaseCase):
    @given(FACTS)
    def test_each_day_is_in_the_stage_that_its_facts_prove(self, facts):
        intervals = find_intervals(facts)
        for number in range(42):
            day = FIRST + timedelta(number)
            found = [
                one.stage
                for one in intervals
                if one.since <= day and (one.until is None or day < one.until)
            ]
            expected = get_stage_on(facts, day)
            self.assertEqual(found, [expected] if expected else [])

    @given(FACTS)
    def test_they_follow_each_other_and_the_last_is_open(self, facts):
        intervals = find_intervals(facts)
        ranks = [STAGES.index(one.stage) for one in intervals]
        self.assertEqual(ranks, sorted(set(ranks)))
        for before, after in zip(intervals, intervals[1:], strict=False):
            self.assertEqual(before.until, after.since)
        self.assertTrue(not intervals or intervals[-1].until is None)

    @given(FACTS, st.randoms())
    def test_the_order_in_which_facts_are_found_says_nothing(self, facts, random):
        mixed = list(facts)
        random.shuffle(mixed)
        self.assertEqual(find_intervals(mixed), find_intervals(facts))

    @given(FACTS, FACTS)
    def test_no_fact_sets_a_customer_back(self, facts, more):
        def get_rank(known):
            intervals = find_intervals(known)
            return STAGES.index(intervals[-1].stage) if intervals else -1

        self.assertGreaterEqual(get_rank([*facts, *more]), get_rank(facts))

    def test_two_facts_of_one_order_are_one_order(self):
        facts = [Fact("order", FIRST, 7), Fact("order", FIRST + timedelta(9), 7)]
        self.assertEqual(find_intervals(facts)[-1].stage, "ordered")

    def test_all_on_one_day_takes_no_day(self):
        kinds = ("paid", "invoice", "order")
        intervals = find_intervals([Fact(kind, FIRST, 1) for kind in kinds])
        stages = [one.stage for one in intervals]
        self.assertEqual(stages, ["ordered", "invoiced", "paid"])
        self.assertEqual([one.count_days(FIRST) for one in intervals], [0, 0, 0])


@tagged("post_install", "-at_install")
class TestFlags(BaseCase):
    PATIENCE = Patience(dormant=30, lost=90)

    def _flags(self, numbers, today, orders=()):
        contacts = [FIRST + timedelta(number) for number in numbers]
        facts = [Fact("order", FIRST + timedelta(number), number) for number in orders]
        return find_flags(facts, contacts, self.PATIENCE, FIRST + timedelta(today))

    def test_silence(self):
        self.assertEqual(self._flags([], 400), Flags())
        self.assertEqual(self._flags([0], 29), Flags())
        self.assertEqual(self._flags([0], 30), Flags(is_dormant=True))
        self.assertEqual(self._flags([0], 90), Flags(is_dormant=True, is_lost=True))

    def test_what_is_planned_breaks_no_silence(self):
        self.assertEqual(self._flags([0, 200], 100), Flags(True, True))

    def test_won_back_by_an_order(self):
        self.assertFalse(self._flags([0, 100], 110).is_won_back, "a word is no order")
        self.assertTrue(self._flags([0, 100, 105], 110, [105]).is_won_back)
        self.assertFalse(self._flags([0, 80, 85], 90, [85]).is_won_back)

    def test_lost_again(self):
        flags = self._flags([0, 100], 200, [100])
        self.assertEqual(flags, Flags(is_dormant=True, is_lost=True))

    def test_who_never_ordered_is_lost_with_the_opportunity(self):
        def find(*facts, contacts=()):
            known = [
                Fact(kind, FIRST + timedelta(day), key) for kind, day, key in facts
            ]
            spoken = [FIRST + timedelta(day) for day in contacts]
            today = FIRST + timedelta(20)
            return find_flags(known, spoken, self.PATIENCE, today).is_lost

        older, lost = ("lead", 1, 1), ("lost_lead", 9, 1)
        self.assertTrue(find(older, ("quotation", 3, 7), lost))
        self.assertTrue(find(older, lost, contacts=[12]), "a word opens none")
        self.assertTrue(find(("lead", 9, 1), lost), "opened and lost that day")
        self.assertFalse(find(("order", 1, 7), older, lost), "still a customer")
        self.assertFalse(find(older, lost, ("lead", 12, 2)), "another opportunity")
        self.assertFalse(find(older, lost, ("lead", 9, 2)), "another one that day")
        self.assertFalse(find(older, lost, ("lead", 5, 2)), "a newer one is open")
        self.assertTrue(find(older, ("lead", 5, 2), ("lost_lead", 6, 2)), "the newer")
        self.assertFalse(find(older, ("lost_lead", 21, 1)), "to come")

    def test_who_was_spoken_with_all_along_is_not_won_back(self):
        often = range(0, 400, 30)
        self.assertFalse(self._flags(often, 401, [0, 399]).is_won_back)
        self.assertTrue(self._flags([0, 30], 401, [0, 399]).is_won_back)

    @given(FACTS, st.lists(DAYS), st.integers(1, 9), st.integers(0, 40))
    def test_the_first_and_the_last_word_do_without_a_silence(
        self, facts, contacts, lost, today
    ):
        now, patience = FIRST + timedelta(today), Patience(1, lost)
        contacts = [day for day in contacts if day <= now]
        ends = [min(contacts), max(contacts)] if contacts else []
        days = [fact.day for fact in list_past(facts, now)] + ends
        if not has_silence(days, patience):
            self.assertEqual(
                find_flags(facts, contacts, patience, now),
                find_flags(facts, ends, patience, now),
            )

    @given(FACTS, st.integers(0, 40))
    def test_what_is_to_come_proves_nothing_yet(self, facts, number):
        today = FIRST + timedelta(number)
        intervals = find_intervals(list_past(facts, today))
        expected = get_stage_on(facts, today)
        self.assertEqual(intervals[-1].stage if intervals else None, expected)

    @given(FACTS, st.lists(DAYS, max_size=4), st.integers(0, 400))
    def test_flags_contradict_nothing(self, facts, contacts, later):
        today = FIRST + timedelta(later)
        flags = find_flags(facts, contacts, self.PATIENCE, today)
        self.assertFalse(flags.is_lost and flags.is_won_back)
        days = [one.day for one in facts] + contacts
        known = [day for day in days if day <= today]
        silent = (today - max(known)).days if known else -1
        self.assertEqual(flags.is_dormant, silent >= 30)
        if silent >= 90:
            self.assertTrue(flags.is_lost)
