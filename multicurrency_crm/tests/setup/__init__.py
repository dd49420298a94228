from .test_first_steps import *
