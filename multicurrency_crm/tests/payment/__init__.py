from .test_receipt_report import *
from .test_route import *
from .test_route_gap import *
from .test_route_print import *
from .test_route_providers import *
