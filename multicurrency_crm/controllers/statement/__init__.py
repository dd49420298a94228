from . import customer_ageing
