from . import rate_lock
