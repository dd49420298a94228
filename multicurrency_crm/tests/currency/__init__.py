from .test_res_partner import *
from .test_sale_order_currency import *
from .test_crm_lead import *
from .test_crm_lead_market import *
from .test_sale_order_switch import *
from .test_allowed_currencies import *
from .test_hooks import *
