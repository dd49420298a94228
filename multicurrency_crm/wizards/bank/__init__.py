from . import payment_claim_make, payment_claim_return
