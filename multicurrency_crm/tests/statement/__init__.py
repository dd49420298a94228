from .test_ageing import *
from .test_ageing_sheet import *
from .test_random_statements import *
from .test_statement import *
from .test_statement_run import *
from .test_statement_speed import *
from .test_tie_out import *
