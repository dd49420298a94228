from .test_layouts import *
