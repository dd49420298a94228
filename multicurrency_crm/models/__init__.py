from . import (
    common,
    neighbours,
    currency,
    rates,
    rate_lock,
    hedging,
    credit,
    ledger,
    statement,
    bank,
    closing,
)
