from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.credit_exposure import (
    OpenItem,
    Part,
    allocate,
    explain_breach,
    is_material,
    secured,
    to_invoice,
    total_exposure,
)

DUE = date(2026, 11, 20)
money = st.decimals(-10_000, 10_000, places=3)
positive = st.decimals(0, 10_000, places=3)
items = st.builds(
    OpenItem,
    st.sampled_from(("USD", "JPY", "KWD")),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    money,
)


def by_currency(rows, of=lambda amount: True):
    sums = {}
    for row in rows:
        if of(row.amount):
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.amount
    return {code: amount for code, amount in sums.items() if amount}


@tagged("post_install", "-at_install")
class TestCreditExposure(BaseCase):
    # === ORDERS === #

    def test_a_deposit_counts_once(self):
        """Ten at 100; 300 paid ahead; four delivered: of 700, 100 left with goods."""
        shipped, promised = to_invoice(*map(Decimal, (10, 4, 100, 300)))
        self.assertEqual((shipped, promised), (100, 600))

    def test_more_delivered_than_ordered(self):
        self.assertEqual(to_invoice(*map(Decimal, (10, 12, 100, 0))), (1200, 0))

    def test_more_invoiced_than_ordered(self):
        self.assertEqual(to_invoice(*map(Decimal, (10, 4, 100, 1500))), (0, 0))

    def test_what_lowers_an_order(self):
        """A discount of 100, of which 40 are invoiced; two that come back at
        50, one is here."""
        self.assertEqual(to_invoice(*map(Decimal, (1, 0, -100, -40))), (0, -60))
        self.assertEqual(to_invoice(*map(Decimal, (-2, -1, 50, 0))), (-50, -50))
        self.assertEqual(to_invoice(*map(Decimal, (-2, 0, 50, -100))), (0, 0))

    @given(positive, positive, positive, positive)
    def test_parts_make_the_whole(self, ordered, delivered, unit, invoiced):
        shipped, promised = to_invoice(ordered, delivered, unit, invoiced)
        self.assertGreaterEqual(min(shipped, promised), 0)
        whole = max(unit * max(ordered, delivered) - invoiced, 0)
        self.assertEqual(shipped + promised, whole)

    # === ALLOCATION === #

    def test_oldest_due_first(self):
        later = DUE + timedelta(days=30)
        left = allocate(
            [
                OpenItem("USD", later, Decimal(100)),
                OpenItem("USD", DUE, Decimal(100)),
                OpenItem("USD", later, Decimal(-130)),
                OpenItem("JPY", DUE, Decimal(5000)),
            ]
        )
        self.assertEqual(
            left,
            [
                OpenItem("JPY", DUE, Decimal(5000)),
                OpenItem("USD", later, Decimal(70)),
            ],
        )

    def test_what_is_left_of_money_stays_in_its_currency(self):
        left = allocate(
            [OpenItem("USD", DUE, Decimal(100)), OpenItem("USD", DUE, Decimal(-130))]
        )
        self.assertEqual(left, [OpenItem("USD", DUE, Decimal(-30))])

    @given(st.lists(items, max_size=12))
    def test_nothing_is_lost(self, rows):
        left = allocate(rows)
        self.assertEqual(by_currency(left), by_currency(rows))
        owed = by_currency(left, lambda amount: amount > 0)
        held = by_currency(left, lambda amount: amount < 0)
        self.assertFalse(owed.keys() & held.keys())

    # === IN ONE CURRENCY === #

    def test_across_currencies_by_policy(self):
        parts = [
            Part("USD", Decimal(100), Decimal(7)),
            Part("EUR", Decimal(-50), Decimal(8)),
            Part("JPY", Decimal(0), Decimal(1)),
        ]
        self.assertEqual(total_exposure(parts, across=True), 300)
        self.assertEqual(total_exposure(parts, across=False), 700)
        self.assertEqual(total_exposure(parts[1:], across=True), 0)

    def test_one_currency_at_several_rates(self):
        """An order at its lock beside an invoice at the market, and an advance."""
        parts = [
            Part("USD", Decimal(100), Decimal(7)),
            Part("USD", Decimal(50), Decimal("7.2")),
            Part("USD", Decimal(-150), Decimal(7)),
        ]
        self.assertEqual(total_exposure(parts[:2], across=False), 1060)
        self.assertEqual(total_exposure(parts, across=False), 0)

    def test_security(self):
        self.assertEqual(secured(Decimal(100), Decimal("0.5")), 50)
        for share in ("-0.1", "1.1"):
            with self.assertRaises(ValueError):
                secured(Decimal(100), Decimal(share))

    def test_a_bank_charge_trips_nothing(self):
        floor = Decimal(25)
        self.assertFalse(is_material(Decimal(25), floor, None))
        self.assertTrue(is_material(Decimal("25.01"), floor, None))
        self.assertFalse(is_material(Decimal(90), floor, Decimal(10_000)))
        self.assertTrue(is_material(Decimal(101), floor, Decimal(10_000)))

    # === BREACHES === #

    def _why(self, exposure, limit, at_kept_rates, kept_limit=None, overdue=0):
        kept = None if kept_limit is None else Decimal(kept_limit)
        figures = map(Decimal, (exposure, limit, at_kept_rates))
        breach = explain_breach(*figures, kept, Decimal(overdue))
        return breach and breach.reason

    def test_why(self):
        self.assertIsNone(self._why(100, 100, 100))
        self.assertEqual(self._why(120, 100, 120, 100), "bought_more")
        self.assertEqual(self._why(120, 100, 120, 100, overdue=30), "pays_late")
        self.assertEqual(self._why(120, 100, 99, 100), "rate_moved")
        self.assertEqual(self._why(120, 100, 120, 150), "limit_lowered")
        self.assertEqual(self._why(120, 0, 120), "bought_more")
