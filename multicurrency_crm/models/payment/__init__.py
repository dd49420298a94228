"""Payment: plans, promises, and what money is expected when."""

# an abstract model, which another one inherits
from . import payment_forecast_source
from . import (
    account_move,
    account_move_line,
    account_move_line_plan,
    account_move_plan,
    account_partial_reconcile,
    account_payment_term,
    credit_behaviour,
    credit_exposure_plan,
    credit_rule,
    customer_facts,
    customer_statement,
    goods_listeners,
    instalment_mixin,
    payment_forecast,
    payment_plan,
    payment_plan_following,
    payment_plan_template,
    payment_plan_template_line,
    payment_promise,
    payment_promise_judging,
    payment_promise_slip,
    res_company,
    res_config_settings,
    res_partner,
    res_partner_plan,
    sale_order_plan,
)
