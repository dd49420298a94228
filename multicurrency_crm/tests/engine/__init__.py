from .test_checks import *
from .test_checks_properties import *
from .test_currency_changes import *
from .test_prices import *
from .test_rates import *
from .test_rates_properties import *
from .test_volatility import *
