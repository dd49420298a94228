from . import (
    bank,
    closing,
    collection,
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
