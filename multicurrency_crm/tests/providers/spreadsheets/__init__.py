from .test_history_samples import *
