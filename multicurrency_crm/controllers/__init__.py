from . import common, rate_lock, rates, statement
