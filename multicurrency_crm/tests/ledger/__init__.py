from .test_open_items import *
