"""The job that posts reversals: tried as every job is."""

from odoo.tests import tagged

from ..closing.revaluation_common import choose_raced, forget_raced
from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestPostReversals(JobTests, JobCase):
    """Three runs, each with a reversal whose day has come."""

    job, model = "ir_cron_post_revaluation_reversals", "fx.revaluation"
    method = "_post_reversals"

    def _prepare(self, env):
        company = env.company
        self.made = choose_raced(env)
        runs = env[self.model]._create_guarded(
            [
                {
                    "company_id": company.id,
                    "date": f"2026-0{month}-28",
                    "reversal": "next_day",
                    "method": "standard",
                    "journal_id": self.made.journal_id,
                    "state": "posted",
                }
                for month in (1, 2, 3)
            ]
        )
        env["fx.revaluation.line"]._create_guarded(
            [
                {
                    "revaluation_id": run.id,
                    "item": 1,
                    "kind": "open",
                    "account_id": self.made.account_ids[0],
                    "currency_id": self.currency.id,
                    "delta": 10.0,
                }
                for run in runs
            ]
        )
        for run in runs:
            reversal = run._create_entry(
                run._book(run._find_totals("open")), run.reversal_date, "Back", -1
            )
            run._write_guarded({"reversal_move_id": reversal.id})
        return runs

    def _count_done(self, run):
        posted = run.reversal_move_id.state == "posted"
        self.assertEqual(run.state, "reversed" if posted else "posted")
        return int(posted)

    def _remove(self, env):
        forget_raced(env, self.made, env[self.model].browse(self.ids))
