from .test_expressions import *
