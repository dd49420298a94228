from .test_match_race import *
from .test_match_screen import *
from .test_matching import *
