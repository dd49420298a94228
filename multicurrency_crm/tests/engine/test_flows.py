"""How money goes from one day to another: worked examples, and what always holds."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.flows import (
    MOVES,
    NAMED,
    ZERO,
    Change,
    compare,
    find_rest,
    find_unexplained,
    foot,
    total,
    worth,
)

CENT = Decimal("0.01")
amounts = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
figures = st.dictionaries(
    st.sampled_from(("opening", *MOVES, "closing", "booked")), amounts
)
tables = st.dictionaries(
    st.tuples(st.sampled_from(("cash", "payable")), st.integers(1, 3)), figures
)


@tagged("post_install", "-at_install")
class TestFlows(BaseCase):
    def test_a_line_is_added_up_from_left_to_right(self):
        line = {
            "opening": Decimal(1000),
            "invoiced": Decimal(500),
            "credited": Decimal(-50),
            "received": Decimal(-200),
        }
        self.assertEqual(foot(line), 1250)
        self.assertEqual(find_rest({**line, "closing": Decimal(1250)}), 0)
        self.assertEqual(find_rest({**line, "closing": Decimal(1300)}), 50)

    @given(figures)
    def test_what_isnt_explained_is_the_closing_less_all_others(self, line):
        others = sum(
            (amount for name, amount in line.items() if name in ("opening", *MOVES)),
            ZERO,
        )
        self.assertEqual(find_rest(line), line.get("closing", ZERO) - others)
        self.assertEqual(find_rest({**line, "closing": foot(line)}), 0)

    def test_a_ledger_ties_out_by_named_differences_alone(self):
        # USD 1,000 booked at 7,100, revalued to 7,200, in the ledger 7,200
        parts = {"booked": Decimal(7100), "valuation": Decimal(100)}
        self.assertEqual(find_unexplained({**parts, "ledger": Decimal(7200)}), 0)
        self.assertEqual(find_unexplained({**parts, "ledger": Decimal(7205)}), 5)

    @given(st.dictionaries(st.sampled_from(("booked", *NAMED)), amounts), amounts)
    def test_nothing_else_explains_a_difference(self, parts, rest):
        ledger = sum(parts.values(), rest)
        self.assertEqual(find_unexplained({**parts, "ledger": ledger}), rest)

    def test_worth_at_a_rate(self):
        rate = 1 / Decimal("7.2")
        self.assertEqual(worth(Decimal(10500), rate, CENT), 75600)
        self.assertIsNone(worth(Decimal(10500), None, CENT))
        self.assertEqual(worth(ZERO, None, CENT), 0, "nothing is worth nothing")

    def test_a_total_of_what_isnt_known_isnt_known(self):
        self.assertEqual(total([Decimal(1), Decimal(2)]), 3)
        self.assertIsNone(total([Decimal(1), None]))
        self.assertEqual(total([]), 0)

    def test_changes_are_named(self):
        before = {("cash", 1): {"received": Decimal(5)}}
        after = {("cash", 1): {"received": Decimal(7)}, ("cash", 2): {"other": CENT}}
        self.assertEqual(
            compare(before, after),
            [
                Change(("cash", 1), "received", Decimal(5), Decimal(7)),
                Change(("cash", 2), "other", ZERO, CENT),
            ],
        )

    @given(tables, tables)
    def test_a_table_differs_by_its_changes_alone(self, before, after):
        self.assertEqual(compare(before, before), [])
        patched = {key: dict(line) for key, line in before.items()}
        for change in compare(before, after):
            patched.setdefault(change.key, {})[change.figure] = change.after
        self.assertEqual(compare(patched, after), [])
