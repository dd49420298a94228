from . import (
    fx_rate_locked_mixin,
    account_move,
    fx_rate_lock,
    fx_rate_lock_life,
    res_company,
    res_config_settings,
    res_currency,
    sale_order,
    sale_order_line,
    sale_order_lock_life,
    sale_order_locking,
)
