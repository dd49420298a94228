from .test_house import *
