from . import (
    bank,
    closing,
    collection,
    common,
    credit,
    currency,
    hedging,
    rate_lock,
    rates,
    setup,
    statement,
)
