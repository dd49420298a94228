"""Which columns of money count, and which are asked about."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history_fields import match_columns
from ...engine.history_money import (
    Beside,
    Line,
    find_doubtful,
    find_movements,
    is_opening,
    is_tax,
)
from ...engine.history_sums import find_sums

CENTS = st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100)


def _line(counted, *beside):
    """:return: a row with numbers in columns 1, 2 …"""
    values = {at: Decimal(str(value)) for at, value in enumerate(beside, 1)}
    return Line(Decimal(str(counted)), values)


@tagged("post_install", "-at_install")
class TestHistoryMoney(BaseCase):
    def _ask(self, titles, lines, basis="amount", rivals=(), is_gross=False):
        columns = [
            Beside(at, title, title in rivals) for at, title in enumerate(titles, 1)
        ]
        found = find_doubtful(columns, lines, basis, is_gross)
        return [one.title for one in found]

    def test_unknown_money_is_asked_and_other_numbers_are_not(self):
        for title in ("Saldo", "Rest", "VAT", "Freight", "已收"):
            self.assertEqual(self._ask([title], [_line(100, "12.5")]), [title])
        for title in ("Days Late", "Qty", "Weight", "汇率", "1-30", "60+", "账龄"):
            self.assertEqual(self._ask([title], [_line(100, "12.5")]), [], title)
        self.assertEqual(self._ask(["Boxes"], [_line(100, "12")]), [])

    def test_what_is_open_needs_no_other_money(self):
        lines = [_line(100, "12.5")]
        for basis in ("open", "sides", "past"):
            self.assertEqual(self._ask(["Saldo"], lines, basis), [])
            self.assertEqual(
                self._ask(["Saldo"], lines, basis, rivals=("Saldo",)), ["Saldo"]
            )

    @given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=8))
    def test_net_and_tax_are_parts_of_gross(self, rows):
        lines = [_line(net + tax, net, tax) for net, tax in rows]
        titles = ["Amount", "Tax"]
        self.assertEqual(self._ask(titles, lines, rivals=("Amount",)), [])
        lines.append(_line("5.00", "4.00", "2.00"))
        self.assertEqual(self._ask(titles, lines, rivals=("Amount",)), titles)

    @given(st.lists(CENTS, min_size=1, max_size=8))
    def test_what_repeats_or_says_nothing_is_no_question(self, amounts):
        lines = [_line(one, one, 0) for one in amounts]
        self.assertEqual(self._ask(["Total", "Paid"], lines, rivals=("Total",)), [])

    def test_taxes_are_told_from_their_numbers(self):
        for title in ("VAT", "Tax Amount", "税额", "GST (10)"):
            self.assertTrue(is_tax(title), title)
        for title in ("VAT Number", "Tax ID", "Tax Rate", "Taxonomy", "税号"):
            self.assertFalse(is_tax(title), title)

    def test_what_a_table_opens_with_counts_only_where_it_doesnt_close(self):
        titles = ["客户", "期初余额", "期末余额"]
        self.assertEqual(match_columns("balances", titles), ["name", None, "open"])
        self.assertTrue(is_opening("期初余额", titles))
        self.assertEqual(match_columns("balances", titles[:2]), ["name", "open"])
        self.assertFalse(is_opening("期初余额", titles[:2]))

    @given(st.lists(CENTS, min_size=2, max_size=8))
    def test_what_a_balance_runs_by_is_found(self, rows):
        balance, said = Decimal(), []
        less = Decimal("0.50")
        for key, more in enumerate(one + 1 for one in rows):
            balance += more - less
            said.append((key, "a", balance, {1: more, 2: less, 3: Decimal(7)}))
        columns = [Beside(3, "Seven"), Beside(1, "New"), Beside(2, "Gone")]
        found = [one.number for one in find_movements(columns, said, False)]
        self.assertEqual(found, [1, 2])
        open_only = [(key, key, one, {1: one}) for key, _a, one, _b in said]
        self.assertEqual(find_movements(columns, open_only, True), [])

    @given(st.lists(CENTS, min_size=2, max_size=8))
    def test_the_sum_of_rows_is_found(self, amounts):
        rows = [(key, "usd", one) for key, one in enumerate(amounts)]
        total = sum(amounts, Decimal())
        found = find_sums([*rows, (99, "usd", total), (100, "eur", total)])
        self.assertNotIn(100, found)
        if not found & {key for key, *_rest in rows}:
            self.assertEqual(found, {99})
