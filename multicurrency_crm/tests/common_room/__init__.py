from .test_remembered import *
from .test_shown_rates import *
from .test_today import *
