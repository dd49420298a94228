"""The job that compares tables of the flow with the ledger: tried as every job is."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestMakeFlow(JobTests, JobCase):
    """Three tables, to be compared in this night."""

    job, model, method = "ir_cron_make_flow", "currency.flow", "_compare_with_ledger"

    def _prepare(self, env):
        company = env.company
        end = company._get_today() - timedelta(days=2)
        return env[self.model]._create_guarded(
            [
                {
                    "company_id": company.id,
                    "date_from": end - timedelta(days=number),
                    "date_to": end - timedelta(days=number),
                    "period": "dates",
                    "state": "verified",
                }
                for number in range(3)
            ]
        )

    def _count_done(self, flow):
        return int(bool(flow.compared_on))

    def _remove(self, env):
        env[self.model].browse(self.ids).message_ids.unlink()
        env.flush_all()
        # what was verified stays; what was tried here goes past the ORM
        env.cr.execute(SQL("DELETE FROM currency_flow WHERE id = ANY(%s)", self.ids))
        env.invalidate_all()
