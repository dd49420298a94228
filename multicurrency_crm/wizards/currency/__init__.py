from . import sale_order_discount, sale_order_switch_currency
