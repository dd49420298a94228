from .test_statement import *
from .test_statement_run import *
