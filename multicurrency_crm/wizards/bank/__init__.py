from . import (
    bank_match_make,
    bank_match_make_line,
    bank_match_make_proposal,
    payment_claim_make,
    payment_claim_return,
)
