from .test_credit_limit import *
from .test_credit_limit_race import *
from .test_smoke import *
