from . import (
    account_move_line_plan,
    account_move_plan,
    account_payment_term,
    goods_listeners,
    instalment_mixin,
    payment_plan,
    payment_plan_following,
    payment_plan_template,
    payment_plan_template_line,
    res_config_settings,
    res_partner_plan,
    sale_order_plan,
)
