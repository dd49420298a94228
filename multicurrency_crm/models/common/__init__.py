from . import (
    decision_mixin,
    guarded_mixin,
    ir_default,
    main_company_mixin,
    reason_wizard,
    res_company,
    res_config_settings,
)
