from . import currency, rate_lock, rates, statement
