"""Rates fetched before they named their kind and day; the job that ran once a day."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute(
        """UPDATE res_currency_rate r
              SET fx_kind = p.rate_kind,
                  fx_published_on = COALESCE(r.fx_carried_from, r.name)
             FROM fx_rate_provider p
            WHERE p.id = r.fx_provider_id AND r.fx_shared_rate_id IS NULL
              AND r.fx_kind IS NULL"""
    )
    # a transient model that the loading of rates has replaced, with people's files
    cr.execute("DROP TABLE IF EXISTS fx_rate_upload")
    env = api.Environment(cr, SUPERUSER_ID, {})
    # the record is kept from updates, since a company may have chosen its own times
    cron = env.ref("multicurrency_crm.cron_fetch_rates", raise_if_not_found=False)
    if cron and cron.interval_type == "days" and cron.interval_number == 1:
        cron.write({"interval_number": 10, "interval_type": "minutes"})
