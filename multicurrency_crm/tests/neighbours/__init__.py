from .test_doors import *
