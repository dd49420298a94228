# abstract models, which others inherit
from . import fx_covered_mixin, fx_net_position_source
from . import (
    account_account,
    account_journal,
    account_move,
    fx_conversion,
    fx_conversion_booking,
    fx_conversion_figures,
    fx_conversion_report,
    fx_forward,
    fx_forward_allocation,
    fx_net_position,
    fx_rate_lock,
    res_company,
    res_config_settings,
    sale_order,
)
