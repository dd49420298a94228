from .test_promise import *
from .test_promise_race import *
from .test_promise_portal import *
from .test_forecast import *
