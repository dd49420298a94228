from . import common, neighbours, currency, rates, rate_lock, credit
