from . import allowed_currency_mixin
from . import (
    account_move,
    account_move_line,
    account_tax,
    crm_lead,
    customer_facts,
    payment_transaction,
    pricing_listeners,
    product_pricelist,
    res_company,
    res_config_settings,
    res_currency,
    res_partner,
    sale_order,
    sale_order_line,
    sale_order_switch,
)
