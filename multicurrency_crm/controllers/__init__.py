from . import closing, currency, rate_lock, rates, statement
