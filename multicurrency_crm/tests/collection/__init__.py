from .test_collection_charging import *
from .test_collection_run import *
from .test_collection_sending import *
from .test_collection_threads import *
