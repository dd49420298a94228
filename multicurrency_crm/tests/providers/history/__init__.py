from .test_customer_sheets import *
from .test_layouts import *
