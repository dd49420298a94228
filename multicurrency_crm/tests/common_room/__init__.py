from .test_guarded_matrix import *
from .test_security_page import *
from .test_today import *
