from .test_statement import *
from .test_statement_run import *
from .test_statement_screens import *
from .test_statement_tour import *
