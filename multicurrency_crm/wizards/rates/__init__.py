from . import fx_rate_hold_reject
from . import fx_rate_upload
