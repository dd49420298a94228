from . import fx_revaluation_make
