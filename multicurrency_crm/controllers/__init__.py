from . import (
    closing,
    collection,
    currency,
    history,
    payment,
    rate_lock,
    rates,
    statement,
)
