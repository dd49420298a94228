from .test_random_statements import *
from .test_statement import *
from .test_statement_run import *
from .test_statement_screens import *
from .test_statement_speed import *
from .test_statement_tour import *
from .test_tie_out import *
