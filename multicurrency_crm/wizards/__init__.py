from . import credit, currency, rate_lock, rates, setup
