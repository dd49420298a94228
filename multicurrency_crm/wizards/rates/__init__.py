from . import fx_rate_upload
