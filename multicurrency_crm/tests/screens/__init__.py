from .test_expressions import *
from .test_menus import *
from .test_screens import *
from .test_screens_browser import *
from .test_typed_numbers import *
