"""Payment plans: worked out by hand, by properties, and against a slow reference that
goes coin by coin."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import payment_plans as engine
from ...engine.payment_plans import (
    Document,
    Instalment,
    Part,
    Piece,
    Slice,
    Waiting,
)

D = Decimal
#: yen, dollars, dinars
STEPS = (D(1), D("0.01"), D("0.001"))
steps = st.sampled_from(STEPS)
coins = st.integers(0, 60)


def money(step, limit=10**7):
    return st.integers(0, limit).map(lambda count: count * step)


def follow_slowly(amounts, documents, credit, prepaid):
    """Each coin by itself: where it is invoiced, paid, credited.

    :return: ([(invoiced, credited, received)], slices), all in coins
    """
    plan = [[None] * amount for amount in amounts]  # each coin: None, 'i', 'c'
    received = [0] * len(amounts)
    beyond, slices = 0, []
    for amount, paid, credited, target in documents:
        order = list(range(len(amounts)))
        if target is not None:
            order = [target, *order]
        taken = []
        for _coin in range(amount):
            for wanted in (None, "c"):
                at = next((i for i in order if wanted in plan[i]), None)
                if at is not None:
                    plan[at][plan[at].index(wanted)] = "i"
                    break
            taken.append(at)
            beyond += at is None
        taken.sort(key=lambda at: (at is None, at or 0))
        for at in taken[:paid]:
            if at is not None:
                received[at] += 1
        for at in reversed(taken[len(taken) - min(credited, len(taken)) :]):
            if at is None:
                beyond -= 1
            else:
                plan[at][plan[at].index("i")] = "c"
        slices.append(taken)
    for _coin in range(max(credit - beyond, 0)):
        at = next((i for i in reversed(range(len(plan))) if "i" in plan[i]), None)
        if at is not None:
            plan[at][plan[at].index("i")] = "c"
    for _coin in range(prepaid):
        for at, coins_of in enumerate(plan):
            if len(coins_of) - coins_of.count("c") > received[at]:
                received[at] += 1
                break
    figures = [
        (
            of.count("i"),
            of.count("c"),
            min(received[at], len(of) - of.count("c")),
        )
        for at, of in enumerate(plan)
    ]
    return figures, slices


@st.composite
def lives(draw):
    """A plan, and documents of its order: in coins."""
    amounts = draw(st.lists(coins, min_size=1, max_size=4))
    documents = []
    for _number in range(draw(st.integers(0, 4))):
        amount = draw(st.integers(1, 60))
        paid = draw(st.integers(0, amount))
        credited = draw(st.integers(0, amount - paid))
        target = draw(st.none() | st.integers(0, len(amounts) - 1))
        documents.append((amount, paid, credited, target))
    return amounts, documents, draw(coins), draw(coins)


@tagged("multicurrency_engine")
class TestPaymentPlans(BaseCase):
    # === SPLITTING === #

    def test_thirds_of_each_currency_add_up(self):
        third = [Part(D("0.3333"))] * 3
        for total, step, expected in (
            ("100.00", "0.01", ["33.33", "33.33", "33.34"]),
            ("100", "1", ["33", "33", "34"]),
            ("100.000", "0.001", ["33.330", "33.330", "33.340"]),
            ("0.02", "0.01", ["0.01", "0.01", "0.00"]),
            ("0", "0.01", ["0", "0", "0"]),
        ):
            amounts = engine.split(D(total), third, D(step))
            self.assertEqual(amounts, [D(text) for text in expected], total)

    def test_a_deposit_that_is_fixed_and_a_share(self):
        parts = [Part(amount=D(5000)), Part(D("0.5")), Part(D("0.25"))]
        amounts = engine.split(D("20000.01"), parts, D("0.01"))
        self.assertEqual(amounts, [D(5000), D("10000.01"), D("5000.00")])

    def test_shares_that_do_not_make_up_the_order_stay(self):
        amounts = engine.split(D(1000), [Part(D("0.3")), Part(D("0.6"))], D("0.01"))
        self.assertEqual(amounts, [D(300), D(600)])

    @given(data=st.data(), step=steps)
    def test_shares_of_a_whole_add_up_to_the_coin(self, data, step):
        total = data.draw(money(step))
        cuts = sorted(data.draw(st.lists(st.integers(0, 10000), max_size=5)))
        edges = [0, *cuts, 10000]
        parts = [
            Part(D(after - before) / 10000)
            for before, after in zip(edges, edges[1:], strict=False)
        ]
        amounts = engine.split(total, parts, step)
        self.assertEqual(sum(amounts), total)
        self.assertFalse(any(amount % step for amount in amounts))
        for amount, part in zip(amounts[:-1], parts, strict=False):
            self.assertLessEqual(abs(amount - total * part.share), step * len(parts))
        self.assertTrue(all(amount >= 0 for amount in amounts))

    # === AMENDMENTS === #

    def test_an_amendment_keeps_what_was_paid(self):
        amounts = [D(3000), D(4000), D(3000)]
        paid = [D(3000), D(0), D(0)]
        step = D("0.01")
        grown = engine.rescale(D(12000), amounts, paid, step)
        self.assertEqual(grown, [D(3600), D(4800), D(3600)])
        shrunk = engine.rescale(D(5000), amounts, paid, step)
        self.assertEqual(sum(shrunk), D(5000))
        self.assertEqual(shrunk[0], D(3000))
        self.assertEqual(
            engine.rescale(D(5000), amounts, paid, D(1)), [D(3000), D(1143), D(857)]
        )
        self.assertIsNone(engine.rescale(D(2999), amounts, paid, step))

    def test_an_order_that_was_worth_nothing_is_split_evenly(self):
        self.assertEqual(
            engine.rescale(D(100), [D(0)] * 3, [D(0)] * 3, D("0.01")),
            [D("33.33"), D("33.33"), D("33.34")],
        )

    @given(data=st.data(), step=steps)
    def test_rescaled_amounts_add_up_and_keep_their_least(self, data, step):
        count = data.draw(st.integers(1, 5))
        amounts = [data.draw(money(step, 10**5)) for _n in range(count)]
        least = [data.draw(money(step, int(a / step))) for a in amounts]
        total = data.draw(money(step, 3 * 10**5))
        result = engine.rescale(total, amounts, least, step)
        if sum(least) > total:
            self.assertIsNone(result)
            return
        self.assertEqual(sum(result), total)
        for amount, low in zip(result, least, strict=True):
            self.assertGreaterEqual(amount, low)
            self.assertFalse(amount % step)

    @given(data=st.data(), step=steps)
    def test_what_adds_up_is_left_as_it_is(self, data, step):
        amounts = data.draw(st.lists(money(step), min_size=1, max_size=5).filter(sum))
        none = [D(0)] * len(amounts)
        self.assertEqual(engine.rescale(sum(amounts), amounts, none, step), amounts)

    # === WHAT BECAME OF IT === #

    def test_deposit_then_rest(self):
        course = engine.follow(
            [D(300), D(700)], [Document(D(300), D(300)), Document(D(500), D(100))]
        )
        first, second = course.instalments
        self.assertEqual((first.received, first.open), (D(300), D(0)))
        self.assertEqual((second.invoiced, second.received), (D(500), D(100)))
        self.assertEqual((second.open, second.to_invoice), (D(600), D(200)))
        self.assertEqual(course.slices, ((Slice(0, D(300)),), (Slice(1, D(500)),)))

    def test_one_invoice_of_everything(self):
        course = engine.follow([D(300), D(700)], [Document(D(1000), D(450))])
        self.assertEqual([i.received for i in course.instalments], [D(300), D(150)])
        self.assertEqual(course.slices, ((Slice(0, D(300)), Slice(1, D(700))),))

    def test_a_deposit_invoice_fills_the_instalment_that_it_was_made_for(self):
        course = engine.follow(
            [D(300), D(400), D(300)], [Document(D(300), target=2), Document(D(700))]
        )
        self.assertEqual(course.slices[0], (Slice(2, D(300)),))
        self.assertEqual(course.slices[1], (Slice(0, D(300)), Slice(1, D(400))))

    def test_a_credit_note_takes_from_the_end_and_a_new_invoice_gives_back(self):
        amounts = [D(300), D(700)]
        credited = Document(D(1000), D(800), D(200))
        [first, second] = engine.follow(amounts, [credited]).instalments
        self.assertEqual((first.open, second.open), (D(0), D(0)))
        self.assertEqual((second.invoiced, second.credited), (D(500), D(200)))
        [_f, again] = engine.follow(amounts, [credited, Document(D(200))]).instalments
        self.assertEqual((again.invoiced, again.credited, again.open), (700, 0, 200))

    def test_paid_and_given_back(self):
        [only] = engine.follow([D(100)], [Document(D(100), D(100))], D(100)).instalments
        self.assertEqual((only.received, only.open, only.credited), (0, 0, 100))

    @given(lives())
    def test_as_the_slow_reference(self, life):
        amounts, documents, credit, prepaid = life
        for step in STEPS:
            course = engine.follow(
                [amount * step for amount in amounts],
                [Document(a * step, p * step, c * step, t) for a, p, c, t in documents],
                credit * step,
                prepaid * step,
            )
            figures, slices = follow_slowly(amounts, documents, credit, prepaid)
            self.assertEqual(
                [(i.invoiced, i.credited, i.received) for i in course.instalments],
                [tuple(count * step for count in row) for row in figures],
            )
            self.assertEqual(
                [[(piece.at, piece.amount) for piece in run] for run in course.slices],
                [
                    [(at, run.count(at) * step) for at in dict.fromkeys(run)]
                    for run in slices
                ],
            )

    @given(lives())
    def test_nothing_is_lost(self, life):
        amounts, documents, credit, prepaid = life
        course = engine.follow(
            [D(a) for a in amounts],
            [Document(D(a), D(p), D(c), t) for a, p, c, t in documents],
            D(credit),
            D(prepaid),
        )
        for found in course.instalments:
            self.assertGreaterEqual(found.open, 0)
            self.assertEqual(
                found.planned, found.open + found.credited + found.received
            )
            self.assertLessEqual(found.invoiced + found.credited, found.planned)
            self.assertLessEqual(found.to_invoice, found.open)
        for run, (amount, *_rest) in zip(course.slices, documents, strict=True):
            self.assertEqual(sum(piece.amount for piece in run), amount)

    # === ITEMS THAT SAY FOR WHICH INSTALMENT THEY ARE === #

    def test_items_stay_with_their_instalments(self):
        pieces = (Piece(0, D(3000), D(3000)), Piece(1, D(7000)))
        amounts = [D(6000), D(14000)]
        [first, second] = engine.follow(
            amounts, [Document(D(0), pieces=pieces)]
        ).instalments
        self.assertEqual((first.received, first.open), (3000, 3000))
        self.assertEqual((first.to_invoice, second.to_invoice), (3000, 7000))
        self.assertEqual(
            engine.invoice_next([first, second], D(10000)),
            (Slice(0, D(3000)), Slice(1, D(7000))),
        )

    def test_items_are_filled_before_what_says_nothing(self):
        documents = [Document(D(700)), Document(D(0), pieces=(Piece(0, D(300)),))]
        course = engine.follow([D(300), D(700)], documents)
        self.assertEqual(course.slices, ((Slice(1, D(700)),), (Slice(0, D(300)),)))

    def test_credited_and_invoiced_by_another_item(self):
        documents = [
            Document(D(0), pieces=(Piece(0, D(100), credited=D(100)),)),
            Document(D(0), pieces=(Piece(0, D(100), D(40)),)),
        ]
        [only] = engine.follow([D(100)], documents).instalments
        self.assertEqual((only.invoiced, only.credited), (100, 0))
        self.assertEqual((only.received, only.open), (40, 60))

    @given(lives())
    def test_items_as_they_were_cut_say_the_same(self, life):
        """What a plan was when its invoices were cut, it is when they are read."""
        amounts, documents, _credit, prepaid = life
        amounts = [D(amount) for amount in amounts]
        plain = [Document(D(a), D(p), target=t) for a, p, _c, t in documents]
        first = engine.follow(amounts, plain, prepaid=D(prepaid))
        kept = []
        for document, run in zip(plain, first.slices, strict=True):
            left, pieces, rest = document.received, [], Document(D(0))
            for piece in run:
                paid = min(piece.amount, left)
                left -= paid
                if piece.at is None:
                    rest = Document(piece.amount, paid)
                else:
                    pieces.append(Piece(piece.at, piece.amount, paid))
            kept.append(Document(rest.amount, rest.received, pieces=tuple(pieces)))
        again = engine.follow(amounts, kept, prepaid=D(prepaid))
        self.assertEqual(again.instalments, first.instalments)

    @given(data=st.data())
    def test_items_tie_out(self, data):
        """What is open of instalments on invoices is what their items have open."""
        amounts = data.draw(st.lists(coins, min_size=1, max_size=4))
        pieces, left = [], list(amounts)
        for _number in range(data.draw(st.integers(0, 6))):
            at = data.draw(st.integers(0, len(amounts) - 1))
            amount = data.draw(st.integers(0, left[at]))
            left[at] -= amount
            received = data.draw(st.integers(0, amount))
            pieces.append(Piece(at, D(amount), D(received)))
        course = engine.follow(
            [D(amount) for amount in amounts],
            [Document(D(0), pieces=(piece,)) for piece in pieces],
        )
        for at, found in enumerate(course.instalments):
            owed = sum(p.amount - p.received for p in pieces if p.at == at)
            self.assertEqual(found.open - found.to_invoice, owed)

    # === SHARES === #

    @given(data=st.data(), step=steps)
    def test_a_share_that_was_rounded_stays_as_agreed(self, data, step):
        share = D(data.draw(st.integers(1, 10000))) / 10000
        total = data.draw(money(step))
        amount = engine.round_to(total * share, step)
        self.assertEqual(engine.get_share(amount, total, share, step), share)

    def test_a_share_that_became_another_one(self):
        share = engine.get_share(D(300), D(500), D("0.3"), D("0.01"))
        self.assertEqual(share, D("0.6"))
        self.assertEqual(engine.get_share(D(0), D(0), D("0.3"), D("0.01")), D("0.3"))

    # === STATES === #

    def test_states(self):
        today = date(2026, 3, 10)
        yesterday = today - timedelta(days=1)

        def judge(planned, received=0, credited=0, due=None, fired=None, over=False):
            return engine.judge(
                Instalment(D(planned), D(0), D(credited), D(received)),
                has_happened=bool(due) if fired is None else fired,
                due=due,
                today=today,
                is_over=over,
            )

        self.assertEqual(judge(100), "to_come")
        self.assertEqual(judge(100, 40), "partly")
        self.assertEqual(judge(100, due=today), "due")
        self.assertEqual(judge(100, due=yesterday), "overdue")
        self.assertEqual(judge(100, 40, due=yesterday), "overdue")
        self.assertEqual(judge(100, 40, due=today), "partly")
        self.assertEqual(judge(100, 100, due=yesterday), "received")
        self.assertEqual(judge(100, 60, 40, due=yesterday), "received")
        self.assertEqual(judge(100, 0, 100), "void")
        self.assertEqual(judge(100, 100, over=True), "void")
        self.assertEqual(judge(0, due=yesterday), "received")

    # === DAYS === #

    def test_maturities(self):
        issued, usual = date(2026, 3, 1), date(2026, 3, 31)
        today, later = date(2026, 3, 10), date(2026, 5, 1)

        def get(due=None, expected=None, usual=usual, today=today):
            waiting = Waiting(due, expected)
            return engine.get_maturity(waiting, issued, usual, today)

        self.assertEqual(get(due=date(2026, 2, 20), expected=later), issued)
        self.assertEqual(get(due=later), later)
        self.assertEqual(get(expected=later), later)
        self.assertEqual(get(), usual)
        self.assertEqual(get(expected=date(2026, 3, 5)), usual)
        # both are over: a week, and another one when that is over
        put_off = get(expected=date(2026, 3, 5), usual=None)
        self.assertEqual(put_off, date(2026, 3, 17))
        self.assertEqual(get(usual=put_off, today=date(2026, 3, 16)), put_off)
        self.assertEqual(get(usual=put_off, today=put_off), date(2026, 3, 24))
        # an invoice that is dated ahead
        self.assertEqual(get(usual=None, today=date(2026, 1, 1)), issued)

    def test_items_that_were_cut_otherwise(self):
        slices = [Slice(0, D(300)), Slice(1, D(400)), Slice(None, D(50))]
        self.assertEqual(engine.cut(slices, [D(300), D(450)]), [[0], [1, None]])
        self.assertEqual(engine.cut(slices, [D(750)]), [[0, 1, None]])
        self.assertEqual(engine.cut(slices, [D(100), D(300), D(350)])[1], [0, 1])
        self.assertEqual(engine.cut([], [D(10)]), [[]])
