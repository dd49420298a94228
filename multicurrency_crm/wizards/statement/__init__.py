from . import customer_ageing_ask
