from . import fx_forward_cancel
