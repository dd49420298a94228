from .test_ageing import *
from .test_ageing_sheet import *
from .test_statement import *
from .test_statement_run import *
