"""What becomes of published rates, for any history of books and providers."""

import datetime
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.booking_checks import BookedRate, Limits, hold_refused
from ...engine.booking_plan import (
    RankedProvider,
    Situation,
    find_fates,
    make_plan,
)
from ...engine.calendars import Calendar, target_holidays
from ...engine.crossing import PlannedRate
from ...providers.reading import RefusedQuote

MONDAY = datetime.date(2026, 3, 2)
NOW = datetime.datetime(2026, 3, 20, 18, tzinfo=datetime.UTC)
EURO = Calendar("Europe/Berlin", datetime.time(16), holidays=target_holidays)
OWN, SECOND, THIRD = 1, 2, 3
CURRENCIES = (10, 20)

days = st.integers(0, 40).map(lambda n: MONDAY - datetime.timedelta(n))
places = st.tuples(st.sampled_from(CURRENCIES), days)
figures = st.one_of(
    st.integers(985, 1015).map(lambda n: Decimal(n) / 1000),
    st.sampled_from([Decimal("1.5"), Decimal(10), Decimal("0.01")]),
)
either = st.booleans()
bookings = st.sampled_from(["day", "day", "first", "before", None])


def planned(place, figure, behind=0):
    """A published rate; ``behind``: how many days before it was written."""
    currency_id, day = place
    written = day - datetime.timedelta(behind)
    return PlannedRate(currency_id, day, figure, f"{figure}", "mid", written)


def table(rows):
    """Rates by currency and day."""
    found = {}
    for (currency_id, day), row in rows.items():
        found.setdefault(currency_id, {})[day] = row
    return found


def booked_rates():
    """Books in which people and three providers have written, and repeated rates."""
    rates = st.builds(
        lambda figure, provider: (float(figure), provider),
        figures,
        st.sampled_from([None, 0, OWN, OWN, SECOND, THIRD]),
    )
    return st.dictionaries(places, rates, max_size=25).map(
        lambda rows: table(
            {
                place: BookedRate(rate, provider, place[1])
                for place, (rate, provider) in rows.items()
            }
        )
    )


providers = st.builds(
    RankedProvider,
    id=st.just(OWN),
    sequence=st.sampled_from([5, 10, 20]),
    max_age_days=st.sampled_from([0, 2, 7, 30]),
    applies=st.sampled_from(["same", "next", "next_working"]),
    calendar=st.sampled_from([None, EURO]),
    has_failed=st.booleans(),
    rules=st.booleans(),
)
published_rates = st.dictionaries(places, figures, max_size=25).map(
    lambda rows: table({place: planned(place, rate) for place, rate in rows.items()})
)
limits = st.builds(
    Limits,
    max_jump=st.sampled_from([Decimal("0.05"), Decimal("0.1")]),
    newest_allowed=st.sampled_from([MONDAY - datetime.timedelta(5), MONDAY]),
    max_age_days=st.sampled_from([0, 3]),
    live_on=st.sampled_from([None, MONDAY]),
    rejected=st.frozensets(
        st.tuples(st.sampled_from(CURRENCIES), days, figures.map(str)), max_size=3
    ),
    confirming=st.dictionaries(
        st.sampled_from(CURRENCIES), st.dictionaries(days, figures, max_size=10)
    ),
    confirm_tolerance=st.just(Decimal("0.02")),
)


@st.composite
def situations(draw, checked=either, booking=bookings):
    """Any books, any three providers, any rates of the first of them."""
    booking = draw(booking)
    named = st.dictionaries(
        st.sampled_from(CURRENCIES),
        st.dictionaries(
            st.sampled_from([OWN, SECOND, THIRD]), st.frozensets(days, max_size=10)
        ),
    )
    return Situation(
        provider=draw(providers),
        published=draw(published_rates),
        booked=draw(booked_rates()) if booking else {},
        now=NOW,
        booking=booking,
        others={number: replace(draw(providers), id=number) for number in (1, 2, 3)},
        named=draw(named) if booking == "day" else {},
        limits=draw(limits) if draw(checked) else None,
    )


def book(situation, plan):
    """The situation once the plan is carried out, with the same rates published."""
    booked = {code: dict(rows) for code, rows in situation.booked.items()}
    named = {
        code: {number: set(of_one) for number, of_one in rows.items()}
        for code, rows in situation.named.items()
    }
    for currency_id, day in plan.dropped:
        gone = booked[currency_id].pop(day)
        kept = named.setdefault(currency_id, {}).setdefault(gone.provider_id, set())
        kept.add(day)
    for row in plan.to_book:
        booked.setdefault(row.currency_id, {})[row.day] = BookedRate(
            float(row.rate), situation.provider.id, row.published_on
        )
    for row in plan.named if situation.booking == "day" else ():
        own = named.setdefault(row.currency_id, {})
        own.setdefault(situation.provider.id, set()).add(row.day)
    return replace(situation, booked=booked, named=named)


def plain(row):
    """A rate but for the mark of a first one."""
    return row._replace(unconfirmed=False)


def places_of(rows):
    return {(row.currency_id, row.day) for row in rows}


@tagged("post_install", "-at_install")
class TestBookingPlanProperties(BaseCase):
    @given(situations())
    def test_every_rate_has_one_fate(self, situation):
        """Booked by the day or kept by name: each is in exactly one of the lists."""
        plan = make_plan(situation)
        fates = [*plan.named, *(held.row for held in plan.held), *plan.ignored]
        if situation.booking == "day":
            fates += [*plan.to_book, *plan.settled]
            self.assertEqual(plan.named, plan.covered)
        published = [
            row for rows in situation.published.values() for row in rows.values()
        ]
        self.assertEqual(sorted(map(plain, fates)), sorted(published))

    @given(situations())
    def test_months_are_chosen_of_what_passed(self, situation):
        plan = make_plan(situation)
        if situation.booking in ("first", "before"):
            chosen = [*plan.to_book, *plan.settled, *plan.covered]
            passed = {(row.currency_id, row.rate, row.quoted) for row in plan.named}
            self.assertEqual(len(places_of(chosen)), len(chosen))
            for row in chosen:
                self.assertEqual(row.day.day, 1)
                self.assertIn((row.currency_id, row.rate, row.quoted), passed)
                is_earlier = row.published_on < row.day
                self.assertEqual(is_earlier, situation.booking == "before")

    @given(situations())
    def test_a_typed_rate_is_never_overwritten(self, situation):
        plan = make_plan(situation)
        written = places_of(plan.to_book) | set(plan.dropped)
        for currency_id, rows in situation.booked.items():
            for day, rate in rows.items():
                if rate.is_typed:
                    self.assertNotIn((currency_id, day), written)

    @given(situations())
    def test_who_comes_behind_replaces_nobody(self, situation):
        """Neither booked over, nor dropped, is a rate of a provider before this one."""
        plan = make_plan(situation)
        for currency_id, day in places_of(plan.to_book) | set(plan.dropped):
            there = situation.booked.get(currency_id, {}).get(day)
            if there and there.provider_id and there.provider_id != OWN:
                other = situation.others[there.provider_id]
                self.assertFalse(other.comes_before(situation.provider))

    @given(situations(booking=st.just("day")))
    def test_what_is_dropped_was_there(self, situation):
        """And was another's: what this provider has is only ever replaced."""
        plan = make_plan(situation)
        self.assertEqual(len(set(plan.dropped)), len(plan.dropped))
        for currency_id, day in plan.dropped:
            self.assertIn(
                situation.booked[currency_id][day].provider_id, (SECOND, THIRD)
            )

    @given(situations(checked=st.just(False)))
    def test_planning_twice_changes_nothing(self, situation):
        """Booked already, the same rates are booked again and nothing else moves."""
        plan = make_plan(situation)
        after = book(situation, plan)
        again = make_plan(after)
        self.assertEqual(again.dropped, ())
        self.assertEqual(again.to_book, plan.to_book)
        self.assertEqual(book(after, again), after)
        fates = {fate for fate, _row in find_fates(again, OWN).values()}
        if situation.booking:
            self.assertLessEqual(fates, {"same", "aside", "typed"})

    @given(situations(checked=st.just(True), booking=st.just("day")))
    def test_what_is_booked_is_not_held_again(self, situation):
        plan = make_plan(situation)
        again = make_plan(book(situation, plan))
        self.assertLessEqual(
            set(map(plain, plan.to_book)), set(map(plain, again.to_book))
        )

    @given(situations(), st.randoms(use_true_random=False))
    def test_the_order_of_the_inputs_does_not_matter(self, situation, random):
        def shuffled(table):
            keys = list(table)
            random.shuffle(keys)
            return {
                key: shuffled(table[key])
                if isinstance(table[key], dict)
                else table[key]
                for key in keys
            }

        plan = make_plan(situation)
        other = make_plan(
            replace(
                situation,
                published=shuffled(situation.published),
                booked=shuffled(situation.booked),
                named=shuffled(situation.named),
                others=shuffled(situation.others),
            )
        )
        for name in ("to_book", "named", "settled", "covered", "ignored", "dropped"):
            self.assertEqual(sorted(getattr(plan, name)), sorted(getattr(other, name)))
        self.assertEqual(
            {(held.row, held.reason) for held in plan.held},
            {(held.row, held.reason) for held in other.held},
        )

    @given(situations(booking=st.just("day")))
    def test_nothing_is_changed_in_place(self, situation):
        before = repr(situation)
        make_plan(situation)
        self.assertEqual(repr(situation), before)

    @given(situations(checked=st.just(False), booking=st.just("day")))
    def test_two_providers_end_alike_whoever_comes_first(self, situation):
        """Of two of one rank's calendar the books hold the first one's days."""
        first = RankedProvider(OWN, 5, max_age_days=7)
        second = RankedProvider(SECOND, 10, max_age_days=7)
        others = {OWN: first, SECOND: second}
        theirs = table(
            {
                (currency_id, day + datetime.timedelta(1)): planned(
                    (currency_id, day + datetime.timedelta(1)), row.rate * 2
                )
                for currency_id, rows in situation.published.items()
                for day, row in rows.items()
            }
        )
        ends = []
        for order in ((OWN, SECOND), (SECOND, OWN)):
            state = replace(situation, booked={}, named={}, others=others)
            for number in order:
                state = replace(
                    state,
                    provider=others[number],
                    published=situation.published if number == OWN else theirs,
                )
                state = book(state, make_plan(state))
            ends.append(
                {
                    (currency_id, day): (rate.rate, rate.provider_id)
                    for currency_id, rows in state.booked.items()
                    for day, rate in rows.items()
                }
            )
        self.assertEqual(*ends)


@tagged("post_install", "-at_install")
class TestBookingPlan(BaseCase):
    def _plan(self, day, figure="7.1", there=None, **values):
        row = planned((10, day), Decimal(figure))
        booked = {10: {day: there}} if there else {}
        return row, make_plan(
            Situation(
                **{
                    "provider": RankedProvider(OWN, 10),
                    "published": {10: {day: row}},
                    "booked": booked,
                    "now": NOW,
                    "others": {
                        SECOND: RankedProvider(SECOND, 5),
                        THIRD: RankedProvider(THIRD, 20),
                    },
                    **values,
                }
            )
        )

    def test_an_earlier_provider_covers_the_days_after_its_rate(self):
        named = {10: {SECOND: {MONDAY}}}
        for after, is_covered in ((0, True), (3, True), (7, True), (8, False)):
            day = MONDAY + datetime.timedelta(after)
            row, plan = self._plan(day, named=named)
            self.assertEqual(plan.covered, (row,) if is_covered else ())
            self.assertEqual(plan.to_book, () if is_covered else (row,))

    def test_a_day_that_it_has_surely_missed_is_free(self):
        """The euro's calendar is known: Tuesday's figures should have been there."""
        first = RankedProvider(SECOND, 5, calendar=EURO)
        for after, is_covered in ((1, False), (5, True)):
            day = MONDAY + datetime.timedelta(after)
            row, plan = self._plan(
                day, named={10: {SECOND: {MONDAY}}}, others={SECOND: first}
            )
            self.assertEqual(plan.covered, (row,) if is_covered else (), day)

    def test_a_failed_provider_does_not_answer_for_what_comes(self):
        for failed in (True, False):
            first = RankedProvider(SECOND, 5, has_failed=failed)
            _row, plan = self._plan(
                MONDAY + datetime.timedelta(1),
                named={10: {SECOND: {MONDAY}}},
                others={SECOND: first},
            )
            self.assertEqual(bool(plan.to_book), failed)

    def test_a_later_quote_of_its_own_stays(self):
        """Saturday's rate, fetched again, doesn't replace Sunday's for Monday."""
        sunday = MONDAY - datetime.timedelta(1)
        row = planned((10, MONDAY), Decimal(7), behind=2)
        there = BookedRate(7.2, OWN, sunday)
        _row, plan = self._plan(MONDAY, there=there, published={10: {MONDAY: row}})
        self.assertEqual(plan.settled, (row,))
        self.assertFalse(plan.to_book)

    def test_the_one_behind_is_dropped_and_replaced(self):
        there = BookedRate(7.0, THIRD, MONDAY)
        row, plan = self._plan(MONDAY, there=there)
        self.assertEqual(plan.to_book, (row,))
        self.assertEqual(plan.dropped, ((10, MONDAY),))
        self.assertEqual(find_fates(plan, OWN), {(10, MONDAY): ("replaced", row)})

    def test_a_held_rate_takes_nobodys_place(self):
        limits = Limits(Decimal("0.1"), MONDAY)
        there = BookedRate(7.0, THIRD, MONDAY)
        row, plan = self._plan(MONDAY, "70", there=there, limits=limits)
        self.assertEqual(
            [(held.row, held.reason) for held in plan.held], [(row, "scale")]
        )
        self.assertEqual((plan.to_book, plan.dropped), ((), ()))

    def test_the_months_rate(self):
        """The first that is published in the month, or the last before it."""
        days = [datetime.date(2026, 2, 27), MONDAY, datetime.date(2026, 3, 3)]
        rows = {day: planned((10, day), Decimal(7 + n)) for n, day in enumerate(days)}
        for booking, expected in (
            ("first", {(2, 7), (3, 8)}),
            ("before", {(3, 7), (4, 9)}),
        ):
            _row, plan = self._plan(MONDAY, published={10: rows}, booking=booking)
            found = {(row.day.month, int(row.rate)) for row in plan.to_book}
            self.assertEqual(found, expected)
            self.assertEqual(plan.named, tuple(rows.values()))

    def test_figures_that_are_no_rates(self):
        refused = [
            RefusedQuote("EUR", code, text, MONDAY, kind, "ecb")
            for code, text, kind in (
                ("USD", "0", "mid"),
                ("USD", "-1.2", "mid"),
                ("USD", "n/a", "mid"),
                ("USD", "0", "buy"),
                ("JPY", "0", "mid"),
            )
        ]
        held = hold_refused(refused, "mid", {"USD": 10})
        self.assertEqual(
            [one.reason for one in held], ["zero", "negative", "not_number"]
        )
        self.assertEqual(held[2].row.quoted, "EUR/USD: n/a")
        self.assertEqual(held[0].row.rate, 0)
