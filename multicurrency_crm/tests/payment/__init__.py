from .test_promise import *
from .test_promise_race import *
from .test_promise_portal import *
from .test_forecast import *
from .test_payment_plan import *
from .test_payment_plan_cost import *
from .test_payment_plan_night import *
from .test_payment_plan_tour import *
