"""Bank: receipts matched with what customers owe, and claimed by whoever knows them."""

from . import (
    account_bank_statement_line,
    account_move,
    account_move_line,
    account_partial_reconcile,
    account_payment,
    bank_match,
    bank_receipt,
    bank_receipt_allocating,
    bank_receipt_matching,
    bank_receipt_own,
    payment_claim,
    payment_claim_booking,
    payment_claimable,
    res_company,
    res_config_settings,
)
