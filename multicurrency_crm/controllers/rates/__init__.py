from . import rate_example
