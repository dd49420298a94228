from . import (
    fx_rate_change,
    fx_rate_provider,
    fx_rate_provider_booking,
    fx_rate_provider_schedule,
    fx_rate_provider_store,
    fx_rate_provider_terms,
    fx_rate_run,
    res_company,
    res_config_settings,
    res_currency,
    res_currency_rate,
    res_currency_rate_base,
)
