from . import closing, collection, currency, rate_lock, rates, statement
