from . import (
    guarded_mixin,
    ir_default,
    main_company_mixin,
    res_company,
    res_config_settings,
)
