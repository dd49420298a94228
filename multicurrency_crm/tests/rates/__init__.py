from .test_access import *
from .test_booking import *
from .test_company_currency import *
from .test_cron import *
from .test_fetch import *
from .test_shared_rates import *
from .test_spot import *
from .test_upload import *
