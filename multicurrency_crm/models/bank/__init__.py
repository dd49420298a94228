"""Bank: receipts matched with what customers owe, and claimed by whoever knows them."""

from . import (
    account_bank_statement_line,
    account_move,
    account_move_line,
    account_payment,
    bank_match,
    bank_receipt,
    bank_receipt_allocating,
    bank_receipt_matching,
    payment_claim,
    payment_claim_booking,
    payment_claimable,
    res_company,
    res_config_settings,
)
