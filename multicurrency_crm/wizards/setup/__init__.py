from . import multicurrency_first_steps
