"""Ledger: what is open on any day. One query, which whoever states, values, ages or
collects it asks, so that their figures agree."""

from . import (
    account_account,
    account_move,
    account_move_line,
    account_partial_reconcile,
)
