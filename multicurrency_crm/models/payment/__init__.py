"""Payment: by which way a currency is paid, in which instalments, what is expected."""

from . import payment_routed_mixin
from . import (
    account_journal,
    account_move,
    customer_statement,
    payment_receipt_report,
    payment_route,
    payment_route_gap,
    provider_listeners,
    res_config_settings,
    res_partner_bank,
    sale_order,
from . import (
    account_move_line_plan,
    account_move_plan,
    account_payment_term,
    credit_exposure_plan,
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
