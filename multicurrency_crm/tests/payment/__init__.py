from .test_promise import *
