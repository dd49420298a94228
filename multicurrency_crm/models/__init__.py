from . import common, currency, rates, rate_lock, credit
