from .test_features import *
from .test_first_steps import *
from .test_install import *
from .test_stand_in import *
from .test_uninstall import *
from .test_update import *
