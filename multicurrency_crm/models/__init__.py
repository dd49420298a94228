from . import currency, rates, rate_lock, credit
