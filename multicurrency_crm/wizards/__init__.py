from . import (
    bank,
    closing,
    common,
    credit,
    currency,
    hedging,
    rate_lock,
    rates,
    setup,
    statement,
)
