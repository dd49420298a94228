from .test_open_item_threads import *
from .test_open_items import *
from .test_open_items_speed import *
from .test_random_ledger import *
