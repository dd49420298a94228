from .test_import_race import *
from .test_import_rights import *
from .test_import_samples import *
from .test_import_speed import *
from .test_import_tour import *
from .test_items import *
from .test_others import *
