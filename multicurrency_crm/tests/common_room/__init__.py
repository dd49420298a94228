from .test_guarded_matrix import *
