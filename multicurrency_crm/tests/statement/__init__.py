from .test_statement import *
from .test_statement_portal import *
from .test_statement_print import *
from .test_statement_run import *
from .test_statement_screens import *
from .test_statement_sending import *
from .test_statement_xlsx import *
