from .test_random_revaluation import *
from .test_revaluation import *
from .test_revaluation_advances import *
from .test_revaluation_race import *
from .test_revaluation_speed import *
from .test_revaluation_threads import *
from .test_revaluation_tour import *
