"""Judging a customer, by hand and for any customer."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import fmean, median

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.credit_judgement import (
    NO_LIMIT_LEFT,
    Hold,
    JudgedCustomer,
    JudgingTerms,
    judge,
    list_ceilings,
    measure,
)
from ...engine.credit_peers import average_peers, get_own_values, get_peer_value
from ...engine.credit_scores import Band
from ...engine.customer_behaviour import CustomerBehaviour
from ...engine.customer_exposure import (
    CreditRates,
    CustomerExposure,
    GroupExposure,
    KeptRates,
)

TODAY = date(2026, 11, 20)
OWN, USD, EUR = 1, 2, 3
#: 7 of company currency for a dollar, 8 for a euro.
RATES = CreditRates(
    {OWN: Decimal(1), USD: 1 / Decimal(7), EUR: 1 / Decimal(8)},
    dict.fromkeys((OWN, USD, EUR), TODAY),
)
FEW = (Band(None, 0, 100), Band(0, 30, 50), Band(30, None, 0))
SHARE = (Band(None, 0.5, 100), Band(0.5, 1, 50), Band(1, None, 0))
TERMS = JudgingTerms(
    today=TODAY,
    currency_id=OWN,
    scorecard={
        "lateness": (30, FEW),
        "overdue_share": (20, SHARE),
        "limit_use": (20, SHARE),
        "dso_beyond_terms": (10, FEW),
        "incidents": (10, FEW),
        "currency": (0, SHARE),
    },
    thresholds={"a": 80, "b": 65, "c": 50, "d": 35, "e": float("-inf")},
    write_off_floor=100.0,
    hold_days=60,
    hold_grade=False,
    months=dict(zip("abcde", map(Decimal, (3, 2, 1, 0, 0)), strict=True)),
    step=Decimal(500),
    cap=Decimal(20_000),
)

money = st.integers(0, 5_000).map(Decimal)
currencies = st.sampled_from((OWN, USD, EUR))
parts = st.sampled_from(("not_due", "days_30", "older", "credit", "undelivered"))
peers = st.dictionaries(
    st.tuples(st.sampled_from((False, 7)), st.sampled_from(("lateness", "days"))),
    st.integers(0, 100),
)


@st.composite
def exposures(draw):
    exposure = CustomerExposure(RATES, draw(st.booleans()), Decimal(100), {})
    for part, currency_id, amount in draw(
        st.lists(st.tuples(parts, currencies, money), max_size=5)
    ):
        exposure.add(part, currency_id, None, -amount if part == "credit" else amount)
    for currency_id, late in draw(st.dictionaries(currencies, money)).items():
        longer = draw(st.integers(0, 3))
        for days in (0, 30, 60, 90)[: longer + 1]:
            exposure.add(f"figure_{days}", currency_id, None, late)
        exposure.add("figure_debits", currency_id, None, late + 1)
    return exposure


@st.composite
def behaviours(draw):
    behaviour = CustomerBehaviour(
        paid_weighted=draw(st.integers(0, 10_000)) * 1.0,
        paid=draw(st.integers(0, 1_000)) * 1.0,
        settled=draw(st.integers(0, 10)),
        median_days=draw(st.none() | st.integers(-30, 90)),
        payments=draw(st.integers(0, 10)),
        first_invoice=draw(st.none() | st.dates(date(2020, 1, 1), TODAY)),
        disputes=draw(st.integers(0, 3)),
        written_off=draw(st.sampled_from((0.0, 50.0, 5_000.0))),
    )
    behaviour.sales.update(draw(st.dictionaries(st.integers(0, 23), st.floats(0, 1e5))))
    behaviour.bought.update(draw(st.dictionaries(currencies, money)))
    return behaviour


customers = st.builds(
    JudgedCustomer,
    exposures(),
    behaviours(),
    st.none() | st.tuples(money, currencies),
    st.sampled_from((False, 7)),
    st.booleans(),
    st.sampled_from(((0.0, 0.0), (250.0, 300.0), (None, None))),
)


def judge_now(customer, terms=TERMS, peer_values=()):
    return judge(customer, measure(customer, terms), dict(peer_values), terms)


def plain_customer(**changed):
    """Bought 1,200 a month for a year, paid on the day, owes nothing."""
    behaviour = CustomerBehaviour(
        paid=1_000.0, settled=9, first_invoice=date(2025, 11, 20)
    )
    behaviour.bought[OWN] = Decimal(14_400)
    exposure = CustomerExposure(RATES, False, Decimal(100), {})
    known = JudgedCustomer(exposure, behaviour, None, False, False, (0.0, 0.0))
    return replace(known, **changed)


@tagged("post_install", "-at_install")
class TestByHand(BaseCase):
    def test_a_good_customer(self):
        """A, three months of 1,200, rounded down to 500; nothing holds it."""
        judged = judge_now(plain_customer())
        self.assertAlmostEqual(judged.outcome.score, 100)
        self.assertEqual(judged.outcome.grade, "a")
        self.assertEqual(judged.suggested_limit, 3_500)
        self.assertIsNone(judged.hold)
        self.assertIsNone(judged.limit)

    def test_what_is_left_of_a_limit(self):
        """Of 1,000 dollars at 7, 3,500 of company currency are half."""
        customer = plain_customer(limit=(Decimal(1_000), USD))
        customer.exposure.add("not_due", OWN, None, Decimal(3_500))
        limit = judge_now(customer).limit
        self.assertEqual((limit.original, limit.currency_id), (1_000, USD))
        self.assertAlmostEqual(limit.amount, 7_000)
        self.assertAlmostEqual(limit.available, 3_500)
        self.assertAlmostEqual(measure(customer, TERMS)["limit_use"], 0.5)

    def test_no_limit_is_left_of_none(self):
        customer = plain_customer(limit=(Decimal(0), USD))
        self.assertEqual(measure(customer, TERMS)["limit_use"], 0)
        customer.exposure.add("not_due", OWN, None, Decimal(1))
        self.assertEqual(measure(customer, TERMS)["limit_use"], NO_LIMIT_LEFT)

    def test_held_by_a_rule(self):
        """The grade is E, and says why; once paid, nothing of the hold is left."""
        customer = plain_customer()
        customer.exposure.add("days_90", USD, None, Decimal(200))
        for days in (0, 30, 60):
            customer.exposure.add(f"figure_{days}", USD, None, Decimal(200))
        judged = judge_now(customer)
        self.assertEqual(judged.hold, Hold(overdue=Decimal(200) * RATES.convert(2, 1)))
        reasons = [ceiling.reason for ceiling in judged.outcome.ceilings]
        self.assertEqual(judged.outcome.grade, "e")
        self.assertIn("on_hold", reasons)
        self.assertEqual(judged.suggested_limit, 0)
        self.assertIsNone(judge_now(plain_customer()).hold)

    def test_held_by_its_grade(self):
        terms = replace(TERMS, hold_grade="c")
        customer = plain_customer(behaviour=CustomerBehaviour())
        judged = judge_now(customer, terms)
        self.assertEqual(judged.hold, Hold(grade="c"), "unrated: C at most")
        reasons = [ceiling.reason for ceiling in judged.outcome.ceilings]
        self.assertEqual(sorted(reasons), ["on_hold", "unrated"], "each once")

    def test_days_of_few_payments_are_the_peers(self):
        behaviour = CustomerBehaviour(median_days=3, payments=4)
        customer = plain_customer(behaviour=behaviour, country_id=7)
        days = {(7, "days"): 12, (False, "days"): 20}
        self.assertEqual(judge_now(customer, peer_values=days).payment_days, 12)
        self.assertEqual(judge_now(customer).payment_days, 3)
        behaviour.payments = 5
        self.assertEqual(judge_now(customer, peer_values=days).payment_days, 3)


@tagged("post_install", "-at_install")
class TestAnyCustomer(BaseCase):
    @given(customers, peers)
    def test_nothing_is_changed(self, customer, known):
        """Judged twice, it is the same, and so is what is known of it."""
        before = deepcopy((customer.exposure.rows, customer.behaviour))
        first = judge_now(customer, peer_values=known)
        self.assertEqual(first, judge_now(customer, peer_values=known))
        self.assertEqual(before, (customer.exposure.rows, customer.behaviour))

    @given(customers, peers)
    def test_no_grade_is_better_than_a_ceiling(self, customer, known):
        judged = judge_now(customer, peer_values=known)
        grade = judged.outcome.grade
        for ceiling in list_ceilings(customer, TERMS):
            self.assertGreaterEqual(grade, ceiling.grade)
        if judged.hold or customer.on_hold:
            self.assertEqual(grade, "e")
        reasons = [ceiling.reason for ceiling in judged.outcome.ceilings]
        self.assertEqual(len(reasons), len(set(reasons)), "each is said once")

    @given(customers, peers)
    def test_the_score_is_the_sum_of_its_rows(self, customer, known):
        outcome = judge_now(customer, peer_values=known).outcome
        rows = [row for row in outcome.contributions if row.points is not None]
        weight = sum(row.weight for row in rows)
        if not weight:
            self.assertIsNone(outcome.score)
            return
        slow = sum(row.points * row.weight for row in rows) / weight
        self.assertAlmostEqual(outcome.score, slow)
        self.assertTrue(-1e-9 <= outcome.score <= 100 + 1e-9)

    @given(customers, peers)
    def test_a_suggestion_is_a_round_limit(self, customer, known):
        judged = judge_now(customer, peer_values=known)
        self.assertTrue(0 <= judged.suggested_limit <= TERMS.cap)
        self.assertEqual(judged.suggested_limit % TERMS.step, 0)
        if judged.outcome.grade == "e" and judged.hold:
            self.assertEqual(judged.suggested_limit, 0)

    @given(behaviours(), money, money)
    def test_no_limit_suggests_itself(self, behaviour, one, other):
        """With nothing overdue, a small limit and a large one suggest the same."""
        exposure = CustomerExposure(RATES, False, Decimal(100), {})
        exposure.add("not_due", USD, None, Decimal(800))
        terms = replace(TERMS, hold_days=0)
        found = {
            judge_now(
                plain_customer(
                    exposure=exposure, behaviour=behaviour, limit=(limit, USD)
                ),
                terms,
            ).suggested_limit
            for limit in (one, other)
        }
        self.assertEqual(len(found), 1)

    @given(customers)
    def test_what_is_left_is_limit_less_exposure(self, customer):
        limit = judge_now(customer).limit
        if not customer.limit:
            self.assertIsNone(limit)
            return
        exposure = customer.exposure.total(customer.limit[1])
        self.assertEqual(limit.available < 0, exposure > customer.limit[0])
        self.assertGreaterEqual(limit.amount, limit.available)


@tagged("post_install", "-at_install")
class TestPeers(BaseCase):
    @given(
        st.lists(
            st.tuples(
                st.sampled_from((False, 7, 8)),
                st.dictionaries(
                    st.sampled_from(("lateness", "overdue_share", "days")),
                    st.integers(0, 100),
                ),
            ),
            max_size=12,
        )
    )
    def test_averages(self, known):
        found = average_peers(known)
        for (group, factor), (value, count) in found.items():
            mine = [
                values[factor]
                for country_id, values in known
                if factor in values and group in (country_id, False)
            ]
            average = median if factor == "days" else fmean
            self.assertEqual((value, count), (average(mine), len(mine)))
            self.assertTrue(not group or count > 1)
        whole = {factor for _country, values in known for factor in values}
        self.assertEqual({f for group, f in found if not group}, whole)

    def test_those_of_the_country_first(self):
        known = {(7, "lateness"): 80, (False, "lateness"): 60}
        self.assertEqual(get_peer_value(known, 7, "lateness"), 80)
        self.assertEqual(get_peer_value(known, 8, "lateness"), 60)
        self.assertIsNone(get_peer_value(known, 7, "overdue_share"))

    def test_a_gap_in_the_scorecard_ends_nothing(self):
        """Who is in the gap is named where it is judged; its peers are averaged."""
        scorecard = {"lateness": (1, FEW), "overdue_share": (1, (Band(5, 6, 0),))}
        values = {"lateness": 5, "overdue_share": 0.5}
        own = get_own_values(values, scorecard, None)
        self.assertEqual(own, {"lateness": 50})


@tagged("post_install", "-at_install")
class TestGroups(BaseCase):
    @given(st.lists(exposures(), min_size=1, max_size=4), st.integers(0, 4))
    def test_a_group_is_the_sum_of_its_members(self, members, checked):
        """Whether they are checked now or taken from elsewhere."""
        group = GroupExposure(members[0], members[:checked])
        group.take(members[checked:], OWN)
        members[0].add("document", USD, None, Decimal(70))
        for currency_id in (OWN, USD, EUR):
            amounts = (m.by_currency().get(currency_id, 0) for m in members)
            taken_before = Decimal(70) if not checked and currency_id == USD else 0
            found = group.by_currency().get(currency_id, 0)
            self.assertEqual(found, sum(amounts) - taken_before)
            late = sum(m.figures.get("0", {}).get(currency_id, 0) for m in members)
            self.assertEqual(group.figures.get("0", {}).get(currency_id, 0), late)

    def test_a_lock_of_another_company(self):
        """A dollar locked at 0.9 euros, in books in euros: 0.9 × 8, in these."""
        other = CustomerExposure(RATES, False, Decimal(0), {})
        other.add("undelivered", USD, Decimal(10) / 9, Decimal(90))
        other.add("undelivered", USD, None, Decimal(10))
        group = GroupExposure(CustomerExposure(RATES, False, Decimal(0), {}), ())
        group.take([other], EUR)
        self.assertAlmostEqual(group.total(OWN), 90 * Decimal("0.9") * 8 + 70)

    def test_rates_of_the_last_check(self):
        exposure = CustomerExposure(RATES, False, Decimal(0), {})
        exposure.add("not_due", USD, None, Decimal(100))
        exposure.add("not_due", EUR, None, Decimal(100))
        kept = KeptRates(CreditRates({USD: 1 / Decimal(6)}, {}), (Decimal(100), USD))
        self.assertAlmostEqual(kept.total(exposure, OWN), 1_400, msg="euros: today's")
        self.assertAlmostEqual(kept.limit_in(exposure, OWN), 600)
        self.assertIsNone(KeptRates(RATES, None).limit_in(exposure, OWN))
