from .test_currency_flow import *
from .test_random_flow import *
from .test_random_revaluation import *
from .test_revaluation import *
from .test_revaluation_race import *
from .test_revaluation_speed import *
