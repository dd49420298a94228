"""Money changed at a bank: worked examples, and what always holds."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, reject
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.conversions import (
    Booking,
    Conversion,
    Deal,
    agrees,
    book,
    complete,
    find_price,
    round_to,
    value,
)
from ...engine.rates import divide
from ...engine.revaluation import convert

CENT = Decimal("0.01")
STEPS = (Decimal(1), CENT, Decimal("0.001"), Decimal("0.05"))
steps = st.sampled_from(STEPS)
rates = st.integers(1, 10**9).map(lambda units: Decimal(units) / 10**5)
prices = st.integers(1, 10**8).map(lambda units: Decimal(units) / 10**5)
many = st.integers(1, 10**9)
shares = st.integers(0, 999)


@st.composite
def conversions(draw):
    """Any two currencies, either of which may be the company's."""
    got_step, step = draw(steps), draw(steps)
    home = draw(st.sampled_from(("from", "to", "neither")))
    given_step = step if home == "from" else draw(steps)
    got_step = step if home == "to" else got_step
    got = draw(many) * got_step
    by_forward = home != "neither" and draw(st.booleans())
    return Conversion(
        given=draw(many) * given_step,
        given_rate=Decimal(1) if home == "from" else draw(rates),
        got=got,
        got_rate=Decimal(1) if home == "to" else draw(rates),
        charges=round_to(got * draw(shares) / 1000, got_step),
        step=step,
        by_forward=by_forward,
        carried=draw(st.integers(-(10**6), 10**6)) * step if by_forward else Decimal(0),
    )


def sold(price, **values):
    """USD 60,000 in books of yuan, at a spot of 7.20, charges of 50."""
    return Conversion(
        given=Decimal(60000),
        given_rate=divide(1, Decimal("7.20")),
        got=60000 * Decimal(price),
        got_rate=Decimal(1),
        charges=Decimal(50),
        step=CENT,
        **values,
    )


def deal(given="", got="", price="", quoting="to_per_from", step=CENT):
    figures = (Decimal(one) if one else None for one in (given, got, price))
    return Deal(*figures, quoting, CENT, step)


@tagged("post_install", "-at_install")
class TestConversions(BaseCase):
    # === THE ENTRY === #

    def test_at_the_banks_rate(self):
        self.assertEqual(
            book(sold("7.18")),
            (
                Booking("to", Decimal(430750), Decimal(430750)),
                Booking("charges", Decimal(50), Decimal(50)),
                Booking("from", Decimal(-432000), Decimal(-60000)),
                Booking("loss", Decimal(1200)),
            ),
        )

    def test_by_a_forward(self):
        valued = value(sold("7.25", by_forward=True, carried=Decimal(2400)))
        self.assertEqual(valued.forward_result, 3000)
        self.assertEqual(valued.forward_gain, 600)
        self.assertEqual(valued.result, 0)
        self.assertEqual(
            {one.role: one.balance for one in book(sold("7.25", by_forward=True))},
            {"to": 434950, "charges": 50, "from": -432000, "forward": -3000},
        )

    def test_a_fair_value_of_nothing(self):
        with self.assertRaises(ValueError):
            value(sold("7.18", carried=Decimal(1)))

    @given(conversions())
    def test_debits_equal_credits(self, conversion):
        lines = book(conversion)
        self.assertEqual(sum(line.balance for line in lines), 0)
        for line in lines:
            self.assertEqual(line.balance % conversion.step, 0)
            if line.foreign is not None:
                self.assertGreaterEqual(line.balance * line.foreign, 0)

    @given(conversions())
    def test_money_leaves_and_comes_at_the_booking_rates(self, conversion):
        found = {line.role: line for line in book(conversion)}
        step = conversion.step
        due = convert(conversion.given, conversion.given_rate, step)
        self.assertEqual(-found["from"].balance if "from" in found else 0, due)
        net = conversion.got - conversion.charges
        came = found["to"].balance if "to" in found else 0
        self.assertEqual(came, convert(net, conversion.got_rate, step))
        charged = found["charges"].balance if "charges" in found else 0
        exact = convert(conversion.charges, conversion.got_rate, step)
        self.assertLessEqual(abs(charged - exact), step)
        self.assertGreaterEqual(charged, 0)

    @given(conversions())
    def test_a_forward_leaves_nothing_to_the_bank(self, conversion):
        valued = value(conversion)
        if conversion.by_forward:
            self.assertEqual(valued.result, 0)
        else:
            self.assertEqual(valued.forward_result, 0)
        self.assertEqual(
            valued.received + valued.charges,
            valued.given + valued.result + valued.forward_result,
        )

    # === THREE FIGURES === #

    def test_two_give_the_third(self):
        self.assertEqual(complete(deal("60000", "", "7.18")).got, 430800)
        self.assertEqual(complete(deal("", "430800", "7.18")).given, 60000)
        self.assertEqual(str(complete(deal("60000", "430800")).price), "7.18")
        # bought: 1 USD = 7.20 CNY, yuan are given
        bought = deal("72000", "", "7.20", "from_per_to")
        self.assertEqual(complete(bought).got, 10000)
        self.assertEqual(complete(deal("72000")), deal("72000"))

    def test_what_banks_round_agrees(self):
        self.assertTrue(agrees(deal("33.33", "239.30", "7.18")))
        self.assertTrue(agrees(deal("33.33", "239.31", "7.18")))
        self.assertTrue(agrees(deal("33.33", "239.29", "7.18")))
        self.assertFalse(agrees(deal("33.33", "239.20", "7.18")))
        self.assertFalse(agrees(deal("60000", "430750", "7.18")))
        yen = deal("100", "15511", "155.119", step=Decimal(1))
        self.assertTrue(agrees(yen))

    @given(many, many, st.sampled_from(("to_per_from", "from_per_to")), steps)
    def test_a_price_that_is_found_agrees(self, given_count, got_count, quoting, step):
        found = Deal(given_count * CENT, got_count * step, None, quoting, CENT, step)
        price = find_price(found)
        self.assertGreater(price, 0)
        self.assertTrue(agrees(replace(found, price=price)))

    @given(many, prices, st.sampled_from(("to_per_from", "from_per_to")), steps)
    def test_what_follows_agrees(self, count, price, quoting, step):
        known = Deal(count * CENT, None, price, quoting, CENT, step)
        found = complete(known)
        if not found.got:
            reject()  # less than the smallest amount
        self.assertTrue(agrees(found))
