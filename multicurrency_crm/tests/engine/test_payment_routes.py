"""Which route a document takes: examples, and what always holds."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.payment_routes import (
    BROKEN,
    NONE,
    UNFIT,
    Paid,
    Route,
    choose,
    explain_none,
    fits,
)

USD, EUR = 1, 2
DE, JP = 7, 8

amounts = st.decimals(0, 5000, places=2)
few = st.frozensets(st.integers(1, 4), max_size=3)


@st.composite
def routes(draw):
    number = draw(st.integers(0, 6))
    return [
        Route(
            id=place + 1,
            currency=draw(st.sampled_from((USD, EUR))),
            countries=draw(few),
            tags=draw(few),
            least=draw(st.sampled_from((Decimal(0), Decimal(1000)))),
            most=draw(st.none() | st.sampled_from((Decimal(1000), Decimal(3000)))),
            works=draw(st.booleans()),
        )
        for place in range(number)
    ]


paid = st.builds(
    Paid,
    currency=st.sampled_from((USD, EUR)),
    amount=st.decimals(-5000, 5000, places=2),
    country=st.none() | st.integers(1, 4),
    tags=few,
)


@tagged("post_install", "-at_install")
class TestPaymentRoutes(BaseCase):
    def test_the_first_that_fits(self):
        listed = [
            Route(3, USD, countries=frozenset({JP})),
            Route(9, USD, least=Decimal(1000)),
            Route(1, USD),
            Route(2, USD),
        ]
        self.assertEqual(choose(listed, Paid(USD, Decimal("999.99"), DE)), 1)
        self.assertEqual(choose(listed, Paid(USD, Decimal(1000), DE)), 9)
        self.assertEqual(choose(listed, Paid(USD, Decimal(1000), JP)), 3)
        self.assertEqual(choose(listed, Paid(USD, Decimal(-1000))), 9)
        self.assertIsNone(choose(listed, Paid(EUR, Decimal(1000))))

    def test_bounds_are_inclusive(self):
        one = Route(1, USD, least=Decimal("10.00"), most=Decimal("20.00"))
        for amount, inside in (
            ("9.99", False),
            ("10", True),
            ("20.00", True),
            ("20.01", False),
        ):
            self.assertEqual(fits(one, Paid(USD, Decimal(amount))), inside, amount)

    def test_a_payer_without_country_or_tag_is_in_none(self):
        self.assertFalse(
            fits(Route(1, USD, countries=frozenset({DE})), Paid(USD, Decimal(1)))
        )
        self.assertFalse(
            fits(Route(1, USD, tags=frozenset({5})), Paid(USD, Decimal(1), DE))
        )

    def test_why_there_is_none(self):
        asked = Paid(USD, Decimal(5), DE)
        broken = Route(1, USD, works=False)
        elsewhere = Route(2, USD, countries=frozenset({JP}))
        self.assertEqual(explain_none([Route(3, EUR)], asked), NONE)
        self.assertEqual(explain_none([], asked), NONE)
        self.assertEqual(explain_none([elsewhere, broken], asked), BROKEN)
        self.assertEqual(explain_none([elsewhere], asked), UNFIT)
        self.assertIsNone(explain_none([broken, Route(4, USD)], asked))

    @given(routes(), paid)
    def test_as_one_would_look_by_hand(self, listed, asked):
        left = [one for one in listed if one.currency == asked.currency]
        left = [one for one in left if one.works]
        left = [
            one for one in left if not one.countries or asked.country in one.countries
        ]
        left = [one for one in left if not one.tags or one.tags & asked.tags]
        left = [one for one in left if not abs(asked.amount) < one.least]
        left = [
            one for one in left if one.most is None or not abs(asked.amount) > one.most
        ]
        expected = left[0].id if left else None
        self.assertEqual(choose(listed, asked), expected)
        self.assertEqual(explain_none(listed, asked) is None, bool(left))

    @given(routes(), routes(), paid)
    def test_what_is_added_last_changes_nothing_that_is_found(self, first, more, asked):
        found = choose(first, asked)
        if found is not None:
            self.assertEqual(choose([*first, *more], asked), found)

    @given(routes(), paid)
    def test_one_for_everybody_at_the_end_leaves_nobody_without(self, listed, asked):
        last = Route(99, asked.currency)
        self.assertIsNotNone(choose([*listed, last], asked))
