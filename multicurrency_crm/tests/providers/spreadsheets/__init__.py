from .test_bounds import *
from .test_dates import *
from .test_history_samples import *
from .test_numbers import *
from .test_tables import *
from .test_texts import *
from .test_workbooks import *
