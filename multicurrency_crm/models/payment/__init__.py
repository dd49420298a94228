"""Payment: promises, and what money is expected when."""

from . import (
    account_move,
    account_move_line,
    account_partial_reconcile,
    credit_behaviour,
    credit_rule,
    customer_facts,
    customer_statement,
    payment_promise,
    payment_promise_slip,
    res_company,
    res_config_settings,
    res_partner,
)
