from .test_today import *
