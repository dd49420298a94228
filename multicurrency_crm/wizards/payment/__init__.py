from . import (
    payment_plan_tick,
    sale_advance_payment_inv,
)
