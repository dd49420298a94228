"""What a statement adds up to, and what differs between two."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.statements import SIGNS, Change, Item, compare, foot

USD, JPY, KWD = 1, 2, 3
DIGITS = {USD: 2, JPY: 0, KWD: 3}
cents = st.integers(-(10**6), 10**6)


@st.composite
def items(draw):
    """Items with keys of their own, of amounts that their currencies can have."""
    keys = draw(st.sets(st.integers(1, 12)))
    found = []
    for key in sorted(keys):
        currency_id = key % 3 + 1
        unit = 10 ** DIGITS[currency_id]
        found.append(
            Item(
                key,
                currency_id,
                f"INV/{key:02}",
                tuple(draw(cents) / unit for _column in range(2)),
                tuple(draw(cents) / 100 for _column in range(2)),
                (draw(cents) / unit, draw(cents) / 100),
            )
        )
    return found


def compared(before, after):
    return compare(before, after, DIGITS, 2)


@tagged("post_install", "-at_install")
class TestStatementsEngine(BaseCase):
    def test_an_invoice_paid_in_part_with_another_currency(self):
        """USD 1,100, of which GBP 800 settled 977.78."""
        figures = dict.fromkeys(SIGNS, 0.0)
        figures |= {"invoiced": 1100.0, "settled_elsewhere": -977.78}
        self.assertAlmostEqual(foot(figures), 122.22, 6)

    @given(st.fixed_dictionaries(dict.fromkeys(SIGNS, cents)))
    def test_what_came_in_lowers_what_is_owed(self, figures):
        rest = figures["refunded"] + figures["other"] + figures["settled_elsewhere"]
        self.assertEqual(
            foot(figures),
            figures["opening"]
            + figures["invoiced"]
            - figures["credited"]
            - figures["paid"]
            + rest,
        )

    @given(items(), st.randoms(use_true_random=False))
    def test_the_same_in_any_order_differs_in_nothing(self, before, chance):
        after = before.copy()
        chance.shuffle(after)
        comparison = compared(before, after)
        self.assertEqual(comparison.changes, ())
        self.assertFalse(comparison.is_reallocated)

    @given(items(), items())
    def test_each_item_that_differs_is_told_once(self, before, after):
        old = {item.key: item for item in before}
        new = {item.key: item for item in after}
        differ = [
            key
            for key in old | new
            if self._get_amounts(old.get(key)) != self._get_amounts(new.get(key))
        ]
        changes = compared(before, after).changes
        self.assertEqual(
            Counter(change.name for change in changes),
            Counter(f"INV/{key:02}" for key in differ),
        )
        for change in changes:
            key = int(change.name[-2:])
            self.assertEqual(change.before, old[key].amounts[0] if key in old else None)
            self.assertEqual(change.after, new[key].amounts[0] if key in new else None)
        found = [(change.currency_id, change.name) for change in changes]
        self.assertEqual(found, sorted(found))

    @staticmethod
    def _get_amounts(item):
        amounts = item and (item.amounts, item.booked, item.came)
        return amounts if amounts and any(map(any, amounts)) else None

    @given(items(), items())
    def test_backwards_it_tells_the_opposite(self, before, after):
        there, back = compared(before, after), compared(after, before)
        self.assertEqual(there.is_reallocated, back.is_reallocated)
        self.assertEqual(
            [
                Change(
                    change.currency_id,
                    change.name,
                    change.after,
                    change.before,
                    change.booked_after,
                    change.booked_before,
                )
                for change in there.changes
            ],
            list(back.changes),
        )

    @given(items(), st.integers(1, 10**6))
    def test_moved_from_one_item_to_another_is_reallocated(self, before, moved):
        same = [item for item in before if item.currency_id == USD]
        if len(same) < 2:
            return
        one, two = same[:2]
        after = [item for item in before if item not in (one, two)]
        after += [self._move(one, moved), self._move(two, -moved)]
        comparison = compared(before, after)
        self.assertTrue(comparison.is_reallocated)
        self.assertEqual(len(comparison.changes), 2)
        self.assertFalse(compared(before, after[:-1]).is_reallocated)

    @staticmethod
    def _move(item, moved):
        first, *rest = item.amounts
        return item._replace(amounts=(round(first + moved / 100, 2), *rest))

    def test_a_credit_of_one_currency_evens_no_debt_of_another(self):
        before = [
            Item(1, USD, "A", (10.0,), (10.0,)),
            Item(2, JPY, "B", (0.0,), (0.0,)),
        ]
        after = [Item(1, USD, "A", (0.0,), (0.0,)), Item(2, JPY, "B", (10.0,), (10.0,))]
        self.assertFalse(compared(before, after).is_reallocated)

    def test_what_came_counts_though_as_much_is_open(self):
        """A late invoice and its late payment: nothing else is open, and yet it isn't
        only matched otherwise."""
        late = Item(9, USD, "INV/9", (0.0,), (0.0,), (100.0, 90.0))
        paid = Item(8, USD, "PAY/8", (0.0,), (0.0,), (-100.0, -90.0))
        comparison = compared([], [late, paid])
        self.assertEqual([x.after for x in comparison.changes], [0.0, 0.0])
        self.assertFalse(comparison.is_reallocated)

    def test_less_than_a_unit_is_nothing(self):
        """0.1 + 0.2 isn't 0.3, and yet no cent differs."""
        one = [Item(1, USD, "A", (0.1 + 0.2,), (0.0,))]
        two = [Item(1, USD, "A", (0.3,), (0.0,))]
        self.assertEqual(compared(one, two).changes, ())
