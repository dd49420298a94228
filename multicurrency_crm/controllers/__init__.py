from . import closing, currency, payment, rate_lock, rates, statement
