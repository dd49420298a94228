from . import common, credit, currency, rate_lock, rates, setup
