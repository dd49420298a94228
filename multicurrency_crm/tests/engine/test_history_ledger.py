"""Balances beside amounts: those that run on, and those that don't."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history_ledger import Ledger, Posting, read_ledger

moves = st.integers(-90_000, 90_000).filter(bool).map(lambda n: Decimal(n) / 100)
ledgers = st.dictionaries(
    st.sampled_from("abcd"), st.lists(moves, min_size=2, max_size=8), min_size=1
)


def write(ledger):
    """:return: postings of accounts, each with the balance after it"""
    found = []
    for account, amounts in ledger.items():
        total = Decimal()
        for amount in amounts:
            total += amount
            found.append(Posting(len(found), account, amount, total))
    return found


@tagged("post_install", "-at_install")
class TestHistoryLedger(BaseCase):
    @given(ledgers, st.booleans(), st.booleans())
    def test_what_runs_is_seen_in_either_order(self, ledger, is_reversed, is_list):
        rows = write(ledger)
        found = read_ledger(rows[::-1] if is_reversed else rows, is_list)
        self.assertEqual(found.balance, "running")
        self.assertFalse(found.carried)

    @given(st.lists(moves, min_size=1), st.booleans())
    def test_what_is_open_of_each_row_is_seen(self, amounts, is_list):
        rows = [Posting(at, "a", one, one) for at, one in enumerate(amounts)]
        self.assertEqual(read_ledger(rows, is_list), Ledger("open"))

    @given(ledgers)
    def test_a_carried_balance_counts_once(self, ledger):
        rows = write(ledger)
        last = rows[-1]
        carried = Posting(len(rows), last.account, Decimal(), last.balance)
        found = read_ledger([*rows, carried], False)
        # at the top, too, when the list is read from below
        self.assertEqual(found.balance, "running")
        self.assertEqual(found.carried, {carried.key})

    def test_a_list_has_a_row_an_account(self):
        rows = [
            Posting(1, "a", Decimal(300), Decimal(900)),
            Posting(2, "b", Decimal(10), Decimal(10)),
        ]
        self.assertEqual(read_ledger(rows, True), Ledger("open"))
        self.assertEqual(read_ledger(rows, False), Ledger(None))

    def test_what_is_more_than_its_row_proves_that_it_runs(self):
        one, two = Decimal(100), Decimal(-100)
        rows = [Posting(1, "a", one, one), Posting(2, "a", two, Decimal())]
        self.assertFalse(read_ledger(rows, False).is_proven)
        rows.append(Posting(3, "a", one, one))
        rows.append(Posting(4, "a", one, Decimal(200)))
        self.assertTrue(read_ledger(rows, False).is_proven)
