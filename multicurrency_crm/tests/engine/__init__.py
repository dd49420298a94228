from .test_prices import *
from .test_rates import *
from .test_rates_properties import *
