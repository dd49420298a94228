"""What is done at night is done in each company's night, what begins with a day in each
company's day: the jobs look every hour."""

from odoo import SUPERUSER_ID, api

JOBS = ("ir_cron_assess_credit", "cron_float_revenues", "ir_cron_tell_due_forwards")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in JOBS:
        job = env.ref(f"multicurrency_crm.{name}", raise_if_not_found=False)
        # one that somebody has changed stays as it is
        if job and (job.interval_number, job.interval_type) == (1, "days"):
            job.interval_type = "hours"
