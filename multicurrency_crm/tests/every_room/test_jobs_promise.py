"""The job that finds broken promises: tried as every job is."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestJudgePromises(JobTests, JobCase):
    """Three promises without invoice whose days are over."""

    job, model, method = "ir_cron_judge_promises", "payment.promise", "_judge"

    def _prepare(self, env):
        today = env.company._get_today()
        buyers = env["res.partner"].create([{"name": f"Late {n}"} for n in range(3)])
        self.buyers = buyers.ids
        return env[self.model]._create_guarded(
            [
                {
                    "company_id": env.company.id,
                    "partner_id": buyer.id,
                    "is_on_account": True,
                    "amount": 100.0,
                    "currency_id": self.currency.id,
                    "date": fields.Date.subtract(today, days=9),
                    "made_on": fields.Date.subtract(today, days=10),
                    "deadline": today - timedelta(days=6),
                }
                for buyer in buyers
            ]
        )

    def _count_done(self, promise):
        broken = promise.state == "broken"
        self.assertEqual(broken, bool(promise.activity_ids))
        return len(promise.activity_ids)

    def _remove(self, env):
        promises = env[self.model].browse(self.ids)
        promises.activity_ids.unlink()
        promises.message_ids.unlink()
        env.flush_all()
        # what was broken stays; what was tried here goes past the ORM
        env.cr.execute(SQL("DELETE FROM payment_promise WHERE id = ANY(%s)", self.ids))
        env.invalidate_all()
        env["res.partner"].browse(self.buyers).unlink()
