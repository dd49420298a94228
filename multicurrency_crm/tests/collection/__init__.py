from .test_collection_charging import *
from .test_collection_race import *
from .test_collection_run import *
from .test_collection_sending import *
from .test_collection_speed import *
from .test_collection_threads import *
from .test_collection_tour import *
