"""What is owed in a currency adds up, and each item is a part of one sum."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.open_amounts import OpenAmounts, add_up, place
from ...engine.open_items import KINDS, OpenItem

DAY = date(2026, 3, 2)
FAR = timedelta(days=400)


def _round(amount):
    return round(amount, 2)


def _item(residual, due, kind="invoice", disputed=False):
    return OpenItem(
        *(1, 1, 1, 1, 1, 1),
        DAY,
        due,
        kind,
        residual,
        residual,
        residual,
        residual,
        "open",
        disputed,
        False,
        None,
    )


items = st.builds(
    _item,
    st.integers(-10_000, 10_000).map(lambda cents: cents / 100),
    st.dates(DAY - FAR, DAY + FAR),
    st.sampled_from(KINDS),
    st.booleans(),
)


@tagged("post_install", "-at_install")
class TestOpenAmountsEngine(BaseCase):
    def test_by_hand(self):
        """erpnext #45685: due today is not overdue."""
        day = timedelta(days=1)
        found = add_up(
            [
                _item(100.0, DAY),
                _item(40.1, DAY - day),
                _item(2.2, DAY - 9 * day),
                _item(7.0, DAY - 30 * day, disputed=True),
                _item(-30.0, DAY - 50 * day, "credit_note"),
                _item(5.0, DAY - 50 * day, "payment"),  # paid back
                _item(0.0, DAY - 90 * day, "exchange"),
            ],
            DAY,
            _round,
        )
        wanted = OpenAmounts(100.0, 42.3, 7.0, 25.0, DAY - 9 * day, 124.3)
        self.assertEqual(found, wanted)

    def test_nothing(self):
        self.assertEqual(add_up([], DAY, _round), OpenAmounts())

    @given(st.lists(items, max_size=20))
    def test_sums_tie_out(self, found):
        amounts = add_up(found, DAY, _round)
        self.assertAlmostEqual(
            amounts.total, sum(item.residual for item in found), places=1
        )
        for name in ("not_due", "overdue", "disputed"):
            self.assertGreaterEqual(getattr(amounts, name), 0)
        self.assertEqual(bool(amounts.oldest_due), amounts.overdue > 0)

    @given(st.lists(items, max_size=9), st.randoms(use_true_random=False))
    def test_in_any_order(self, found, source):
        shuffled = list(found)
        source.shuffle(shuffled)
        first, second = add_up(found, DAY, _round), add_up(shuffled, DAY, _round)
        self.assertAlmostEqual(first.total, second.total, places=6)
        self.assertEqual(first.oldest_due, second.oldest_due)

    @given(items, st.integers(0, 500))
    def test_what_is_overdue_stays_so(self, item, days):
        if place(item, DAY) == "overdue":
            self.assertEqual(place(item, DAY + timedelta(days=days)), "overdue")
