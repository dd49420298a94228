"""Whether the balance beside amounts runs on, or is what is open of a row."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Posting:
    """A row of a ledger: whose account it is on, and what it says, in the file's
    currency. Both amounts bear the sign of the ledger: below 0 for a credit."""

    key: int  # of the row
    account: Hashable  # customer and currency
    movement: Decimal  # 0: the row only brings or carries a balance
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """How balances of a file are read.

    ``balance``: 'open', what is open of each row; 'running', what all rows so far come
    to, so that what moves is what a row is; None: neither fits all rows. ``carried``:
    keys of rows that only repeat a balance. ``is_proven``: no balance that runs can be
    what is open of its row, since it is more than the row, or of the other sign.
    """

    balance: str | None
    carried: frozenset[int] = frozenset()
    is_proven: bool = False


def read_ledger(postings: Iterable[Posting], is_list: bool) -> Ledger:
    """Return how the balances beside what moves are read.

    :param is_list: a row may be all of its account, where it is the only one: what has
        moved in between stands beside its balance
    """
    rows = list(postings)
    if all(row.balance in (None, row.movement) for row in rows if row.movement):
        return Ledger(None if _carries(rows) else "open")
    accounts: dict[Hashable, list[Posting]] = {}
    for row in rows:
        accounts.setdefault(row.account, []).append(row)
    groups = list(accounts.values())
    if is_list and all(len(group) == 1 for group in groups):
        return Ledger("open")
    for parts in (groups, [rows]):
        carried = [_run(part) for part in parts]
        if None not in carried:
            proven = any(map(_exceeds, rows))
            return Ledger("running", frozenset().union(*carried), proven)
    return Ledger(None)


def _exceeds(row: Posting) -> bool:
    """Return whether more is open than the row comes to, or of the other sign."""
    if not row.balance or not row.movement:
        return False
    return row.balance / row.movement < 0 or abs(row.balance) > abs(row.movement)


def _carries(rows: Sequence[Posting]) -> bool:
    """Return whether a row may only repeat the balance above it, as at a page's end."""
    pairs = zip(rows, rows[1:], strict=False)
    return any(
        one.movement
        and not two.movement
        and two.balance
        and (one.account, one.balance) == (two.account, two.balance)
        for one, two in pairs
    )


def _run(rows: Sequence[Posting]) -> frozenset[int] | None:
    """Return which rows only repeat a balance, where each balance is the one before and
    what its row moves; None where they aren't. The oldest row, at the top or at the
    bottom, may bring a balance forward."""
    for ordered in (rows, rows[::-1]):
        before, carried = None, []
        for row in ordered:
            is_brought = before is None and not row.movement
            expected = (before or Decimal()) + row.movement
            if row.balance is None:
                before = expected
            elif not is_brought and row.balance != expected:
                break
            else:
                before = row.balance
            if not row.movement and not is_brought:
                carried.append(row.key)
        else:
            return frozenset(carried)
    return None
