from .test_examples import *
from .test_house import *
from .test_loader import *
from .test_pages import *
from .test_security_page import *
