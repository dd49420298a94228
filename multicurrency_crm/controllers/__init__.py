from . import closing, collection, currency, payment, rate_lock, rates, statement
