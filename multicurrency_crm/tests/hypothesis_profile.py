"""How property tests run here: inside Odoo the first example is slow (hypothesis reads
every loaded module for constants) and times vary with the machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "multicurrency_crm",
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("multicurrency_crm")
