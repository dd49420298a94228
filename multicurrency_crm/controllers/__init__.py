from . import rate_lock, rates, statement
