from .test_call import *
from .test_call_customer import *
from .test_call_portal import *
from .test_call_race import *
from .test_call_today import *
from .test_call_tour import *
