from .test_house import *
from .test_pages import *
