"""Bank: receipts matched with what customers owe, and claimed by whoever knows them."""

from . import (
    account_bank_statement_line,
    account_move,
    account_move_line,
    account_payment,
    payment_claim,
    payment_claim_booking,
    payment_claimable,
    res_config_settings,
)
