from .test_prices import *
