"""Payment: promises, and what money is expected when."""

# an abstract model, which another one inherits
from . import payment_forecast_source
from . import (
    account_move,
    account_move_line,
    account_partial_reconcile,
    credit_behaviour,
    credit_rule,
    customer_facts,
    customer_statement,
    payment_forecast,
    payment_promise,
    payment_promise_judging,
    payment_promise_slip,
    res_company,
    res_config_settings,
    res_partner,
)
