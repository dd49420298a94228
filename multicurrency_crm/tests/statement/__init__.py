from .test_statement import *
