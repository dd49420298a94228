from . import sale_order_switch_currency
