from . import (
    bank,
    closing,
    common,
    credit,
    currency,
    hedging,
    payment,
    rate_lock,
    rates,
    setup,
    statement,
)
