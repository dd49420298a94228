"""How property tests run here.

Each derives its examples from itself, so that it says the same on every run. With
``./dev test --explore``, which sets ``MULTICURRENCY_EXPLORE``, they come from the seed
that it prints, and there are as many times more of them as the variable says.

Inside Odoo the first example is slow (hypothesis reads every loaded module for
constants) and times vary with the machine.
"""

import os

from hypothesis import HealthCheck, settings

_TIMES = int(os.environ.get("MULTICURRENCY_EXPLORE", 0))


def examples(usual):
    """How many examples a test draws that usually draws ``usual`` ones."""
    return usual * (_TIMES or 1)


settings.register_profile(
    "multicurrency_crm",
    deadline=None,
    database=None,
    derandomize=not _TIMES,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("multicurrency_crm")
