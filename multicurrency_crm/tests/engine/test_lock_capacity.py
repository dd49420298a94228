"""What orders take of a promise: worked out by hand, and against a slow reference over
random lives of many orders."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, note
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import lock_capacity as engine
from ...engine.lock_capacity import ORDERED, OVER, QUOTED, OrderFacts, Taken
from ..lock_capacity_reference import (
    CREDITED,
    INVOICE,
    LATE,
    REBATED,
    Document,
    Order,
    Promise,
)

STAGES = {"draft": QUOTED, "sent": QUOTED, "sale": ORDERED, "cancel": OVER}
#: decimals of the currency: a unit of the reference is its smallest
DECIMALS = (0, 2, 3)

steps = st.tuples(
    st.sampled_from(
        (
            "create",
            "send",
            "confirm",
            "amend",
            "invoice",
            "post",
            "reset",
            "credit",
            "reverse",
            "lower",
            "cancel",
            "reopen",
            "expire",
            "allow",
            "supersede",
            "end",
        )
    ),
    st.integers(0, 5),  # which of several
    st.integers(-6, 20),  # how much
)


def describe(order, unit):
    """The facts of an order of the reference."""
    posted = [
        (document.kind, document.amount * unit)
        for document in order.documents
        if document.posted
    ]
    return OrderFacts(
        STAGES[order.state],
        ordered=order.ordered * unit,
        **engine.add_up_posted(posted),
        closed=order.state == "sale" and order.closed,
        holds=order.state == "sent",
        allowed=order.allowed * unit,
    )


class Life:
    """A promise whose orders many people make, change, invoice and cancel. What the
    engine refuses isn't done."""

    def __init__(self, cap, unit):
        self.promise = Promise(cap)
        self.unit = unit
        self.beyond = False  # something was posted beyond the cap, or allowed
        self.ended = False  # the promise is over: credit notes come too late

    def add_up(self, orders):
        return engine.add_up(describe(order, self.unit) for order in orders)

    def find_missing(self, order, before):
        others = [other for other in self.promise.orders if other is not order]
        facts = describe(order, self.unit)
        return engine.find_missing(
            self.promise.cap * self.unit,
            engine.take(facts),
            before,
            self.add_up(others),
            facts.allowed,
        )

    def run(self, step, which, amount):
        if step == "create":
            self.promise.orders.append(Order(amount))
        elif step == "supersede":
            self.promise.agreements += 1
            for order in self.promise.orders:
                if order.state in ("draft", "sent"):
                    order.agreement = self.promise.agreements - 1
        elif step == "end":
            self.ended = True
        elif self.promise.orders:
            order = self.promise.orders[which % len(self.promise.orders)]
            return getattr(self, f"_{step}")(order, abs(amount), amount)
        return None

    def _ask(self, order, **values):
        """Change an order if there is room for it.

        :return: (whether the engine found room, whether the reference did)
        """
        old = {name: getattr(order, name) for name in values}
        taken = engine.take(describe(order, self.unit))
        before = order.drawn, order.held
        for name, value in values.items():
            setattr(order, name, value)
        found = not self.find_missing(order, taken)
        expected = self.promise.fits(order, before)
        if not found:
            for name, value in old.items():
                setattr(order, name, value)
        return found, expected

    def _send(self, order, _amount, _signed):
        if order.state == "draft":
            return self._ask(order, state="sent")

    def _confirm(self, order, _amount, _signed):
        if order.state in ("draft", "sent"):
            return self._ask(order, state="sale")

    def _amend(self, order, _amount, signed):
        if order.state != "cancel":
            return self._ask(order, ordered=signed)

    def _reopen(self, order, _amount, _signed):
        if order.state == "cancel":
            return self._ask(order, state="draft")

    def _expire(self, order, _amount, _signed):
        if order.state == "sent":
            order.state = "draft"

    def _cancel(self, order, _amount, _signed):
        before = order.held
        order.state, order.allowed = "cancel", 0
        order.documents = [one for one in order.documents if one.posted]
        assert order.held <= before, "cancelling takes nothing"

    def _allow(self, order, amount, _signed):
        if order.state != "cancel":
            order.allowed += amount
            self.beyond = True

    def _invoice(self, order, amount, _signed):
        if order.state == "sale":
            before = engine.take(describe(order, self.unit))
            order.documents.append(Document(INVOICE, amount))
            assert engine.take(describe(order, self.unit)) == before

    def _post(self, order, _amount, _signed):
        for document in order.documents:
            if not document.posted:
                before, (coming, _invoiced) = order.drawn, order.count()
                promised = order.state == "sale" and not order.closed
                document.posted = True
                if promised and document.amount <= coming:
                    assert order.drawn == before, "what is to come is drawn"
                # the goods are gone: it is counted whole
                self.beyond |= order.drawn > before
                return

    def _reset(self, order, _amount, _signed):
        posted = [one for one in order.documents if one.posted]
        if posted and posted[-1] is order.documents[-1]:
            before = order.drawn
            order.documents.pop()
            self.beyond |= order.drawn > before

    def _credit(self, order, amount, signed):
        amount = min(amount, max(order.net, 0))
        kind = REBATED if signed % 3 == 0 else LATE if self.ended else CREDITED
        before = order.drawn
        order.documents.append(Document(kind, amount, posted=True))
        assert order.drawn <= before, "a credit note takes nothing"
        return amount

    def _reverse(self, order, amount, _signed):
        """Credit an invoice, and make another in its place."""
        before = engine.take(describe(order, self.unit))
        if order.state == "sale" and not order.closed:
            amount = self._credit(order, amount, 1)
            order.documents.append(Document(INVOICE, amount))
            after = engine.take(describe(order, self.unit))
            assert after.drawn >= min(before.drawn, order.ordered * self.unit)

    def _lower(self, order, _amount, _signed):
        """Order no more what was credited."""
        gone = sum(d.amount for d in order.documents if d.kind in (CREDITED, LATE))
        if order.state == "sale":
            order.ordered = max(order.ordered - gone, 0)


@tagged("post_install", "-at_install")
class TestLockCapacity(BaseCase):
    def _check(self, life):
        promise, unit = life.promise, life.unit
        for order in promise.orders:
            taken = engine.take(describe(order, unit))
            expected = (order.drawn, order.reserved, order.open, order.usable)
            self.assertEqual(taken, Taken(*(units * unit for units in expected)))
            self.assertGreaterEqual(taken.drawn, max(order.net, 0) * unit)
        whole = life.add_up(promise.orders)
        capacity = engine.get_capacity(promise.cap * unit, whole)
        self.assertEqual(capacity.available, promise.available * unit)
        self.assertEqual(
            capacity.available + whole.held, promise.cap * unit + capacity.overdraw
        )
        if not life.beyond:
            self.assertGreaterEqual(capacity.available, 0)
        # what superseded what makes one promise: its parts add up to it
        parts = [
            life.add_up(o for o in promise.orders if o.agreement == number)
            for number in range(promise.agreements)
        ]
        self.assertEqual(sum(parts, Taken()), whole)

    @given(
        st.integers(1, 30),
        st.sampled_from(DECIMALS),
        st.lists(steps, max_size=40),
    )
    def test_random_lives_are_as_counted_unit_by_unit(self, cap, decimals, life_steps):
        life = Life(cap, Decimal(1).scaleb(-decimals))
        for step in life_steps:
            note(step)
            asked = life.run(*step)
            if asked:
                self.assertEqual(*asked)
            self._check(life)

    @given(
        st.integers(-20, 20),
        st.integers(0, 20),
        st.integers(0, 20),
        st.sampled_from((QUOTED, ORDERED, OVER)),
        st.booleans(),
    )
    def test_figures_are_never_below_zero_nor_below_what_is_posted(
        self, ordered, invoiced, credited, stage, closed
    ):
        back = min(credited, invoiced)
        facts = OrderFacts(stage, ordered, invoiced, credited=back, closed=closed)
        taken = engine.take(facts)
        self.assertGreaterEqual(taken.drawn, max(facts.net, 0))
        self.assertGreaterEqual(taken.reserved, 0)
        over = engine.take(replace(facts, stage=OVER))
        self.assertLessEqual(over.held, taken.held)

    @given(
        st.lists(st.integers(-500, 500), max_size=9),
        st.integers(-2000, 2000),
        st.sampled_from(DECIMALS),
    )
    def test_parts_add_up_to_the_total(self, amounts, total, decimals):
        unit = Decimal(1).scaleb(-decimals)
        parts = engine.split_total([n * unit for n in amounts], total * unit, unit)
        self.assertEqual(len(parts), len(amounts))
        if amounts:
            self.assertEqual(sum(parts), total * unit)
        off = abs(total - sum(amounts)) * unit
        for part, amount in zip(parts, amounts, strict=True):
            self.assertEqual(part % unit, 0)
            self.assertLessEqual(abs(part - amount * unit), off)

    # === BY HAND === #

    def test_a_total_that_is_rounded_over_all_lines(self):
        """Ten of 11.36 make 113.57."""
        cents = Decimal("0.01")
        parts = engine.split_total([Decimal("11.36")] * 10, Decimal("113.57"), cents)
        self.assertEqual(sum(parts), Decimal("113.57"))
        self.assertEqual(set(parts), {Decimal("11.36"), Decimal("11.35")})

    def test_a_draft_gives_nothing_back(self):
        """Ordered 1,000; a draft of all of it; then posted; then credited."""
        facts = OrderFacts(ORDERED, 1000)
        self.assertEqual(engine.take(facts), Taken(1000, 0, 1000))
        posted = replace(facts, invoiced=1000, closed=True)
        self.assertEqual(engine.take(posted), Taken(1000, 0, 0))
        back = replace(posted, credited=300, closed=False)
        self.assertEqual(engine.take(back), Taken(1000, 0, 300))
        cheaper = replace(posted, rebated=300)
        self.assertEqual(engine.take(cheaper), Taken(1000, 0, 0))

    def test_never_less_than_posted(self):
        lowered = OrderFacts(ORDERED, 0, invoiced=1000, closed=True)
        self.assertEqual(engine.take(lowered).drawn, 1000)
        delivered = OrderFacts(ORDERED, 1000, invoiced=1500)
        self.assertEqual(engine.take(delivered).drawn, 1500)

    def test_what_is_credited_and_ordered_is_not_given_back(self):
        """10 of 100 invoiced, 3 credited; lowered to 7; 3 more are ordered."""
        credited = OrderFacts(ORDERED, 1000, invoiced=1000, credited=300)
        self.assertEqual(engine.take(credited), Taken(1000, 0, 300))
        lowered = replace(credited, ordered=700, closed=True)
        self.assertEqual(engine.take(lowered), Taken(700, 0, 0))
        self.assertEqual(engine.take(replace(lowered, stage=OVER)), Taken(700))
        added = replace(credited, ordered=1000)
        self.assertEqual(engine.take(added), Taken(1000, 0, 300))

    def test_an_invoice_made_anew_counts_once(self):
        whole = OrderFacts(ORDERED, 1000, invoiced=1000, credited=1000)
        self.assertEqual(engine.take(whole), Taken(1000, 0, 1000))
        again = replace(whole, invoiced=2000, closed=True)
        self.assertEqual(engine.take(again), Taken(1000, 0, 0))

    def test_what_is_credited_too_late_gives_nothing_back(self):
        lines = [(engine.INVOICED, 1000), (engine.LATE, 300)]
        sums = engine.add_up_posted(lines)
        late = OrderFacts(ORDERED, 700, **sums, closed=True)
        self.assertEqual(engine.take(late).drawn, 1000)
        self.assertEqual((late.net, late.late), (700, 300))
        # made anew, it counts once, and what comes back of it again stays
        sums = engine.add_up_posted([*lines, (engine.INVOICED, 300)])
        self.assertEqual((sums["late"], OrderFacts(OVER, **sums).used), (0, 1000))
        sums = engine.add_up_posted([*lines, (engine.INVOICED, 500)])
        self.assertEqual(OrderFacts(OVER, **sums).used, 1200)

    def test_a_deposit_of_a_cancelled_order_is_given_back(self):
        deposit = OrderFacts(OVER, 1000, invoiced=300)
        self.assertEqual(engine.take(deposit).drawn, 300)
        self.assertEqual(engine.take(replace(deposit, credited=300)).drawn, 0)

    def test_below_zero_makes_no_room(self):
        for stage in (QUOTED, ORDERED):
            taken = engine.take(OrderFacts(stage, -5000, holds=True))
            self.assertEqual(taken, Taken(0, 0, -5000))

    def test_allowed_to_one_order(self):
        """5,000 for one; it is lowered to 50; another asks for 4,000."""
        large = engine.take(OrderFacts(ORDERED, 6000, allowed=5000))
        self.assertEqual(engine.get_capacity(1000, large), (engine.Capacity(5000, 0)))
        small = engine.take(OrderFacts(ORDERED, 50, allowed=5000))
        self.assertEqual(engine.get_capacity(1000, small), (engine.Capacity(0, 950)))
        asked = Taken(drawn=4000)
        missing = engine.find_missing(1000, asked, Taken(), small, 0)
        self.assertEqual(missing, 3050)
        fits = engine.find_missing(1000, asked, Taken(), small, 3050)
        self.assertEqual(fits, 0)

    def test_reserved_beyond_the_cap_blocks_nobody_who_holds(self):
        """500 of 1,000 drawn, two of 300 reserved, as two lists were once sent."""
        others = Taken(drawn=500, reserved=300)
        mine = Taken(reserved=300)
        ordered = Taken(drawn=300)
        self.assertEqual(engine.find_missing(1000, ordered, mine, others, 0), 0)
        more = Taken(drawn=301)
        self.assertEqual(engine.find_missing(1000, more, mine, others, 0), 101)
        # what is drawn is gone, whatever was reserved
        drawn = Taken(drawn=800, reserved=300)
        self.assertEqual(engine.find_missing(1000, ordered, mine, drawn, 0), 100)

    def test_what_others_may_take_beyond_the_cap_takes_nothing_from_mine(self):
        others = Taken(drawn=1500, usable=500)
        for wanted in (Taken(drawn=100), Taken(reserved=100)):
            missing = engine.find_missing(1000, wanted, Taken(), others, 100)
            self.assertEqual(missing, 0)

    def test_what_was_allowed_ends_with_the_order(self):
        over = OrderFacts(OVER, 400, invoiced=400, allowed=300)
        self.assertEqual(engine.take(over), Taken(400))
