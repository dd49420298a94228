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
)
