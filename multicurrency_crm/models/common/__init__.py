from . import (
    computed_mixin,
    decision_mixin,
    guarded_mixin,
    main_company_mixin,
    reason_wizard,
    responsible_mixin,
    typed_number_mixin,
)
from . import (
    account_move,
    account_move_line,
    base_partner_merge_automatic_wizard,
    customer_facts,
    ir_default,
    ir_rule,
    payment_transaction,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_line,
)
