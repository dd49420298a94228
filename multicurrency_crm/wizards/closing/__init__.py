from . import currency_flow_make, fx_revaluation_make
