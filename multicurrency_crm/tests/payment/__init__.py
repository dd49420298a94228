from .test_payment_plan import *
from .test_payment_plan_cost import *
from .test_payment_plan_credit import *
from .test_payment_plan_night import *
from .test_payment_plan_race import *
from .test_payment_plan_stock import *
from .test_payment_plan_tour import *
