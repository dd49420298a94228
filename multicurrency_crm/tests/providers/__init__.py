from .test_ecb import *
from .test_http import *
from .test_registry import *
from .test_samples import *
