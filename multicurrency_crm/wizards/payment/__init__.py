from . import (
    account_move_reversal,
    payment_plan_tick,
    payment_promise_make,
    sale_advance_payment_inv,
)
