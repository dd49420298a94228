from .test_account_move import *
from .test_forgery import *
from .test_fresh_rate import *
from .test_fx_rate_lock import *
from .test_lock_race import *
from .test_quoting import *
from .test_sale_order import *
from .test_sale_order_access import *
