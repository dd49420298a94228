from . import (
    account_move_reversal,
    fx_rate_lock_extend,
    fx_rate_lock_release,
    sale_advance_payment_inv,
    sale_order_lock_rate,
    sale_order_overdraw_lock,
)
