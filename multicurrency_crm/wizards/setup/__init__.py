from . import first_steps
