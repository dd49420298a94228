"""The job that publishes what was brought in: tried as every job is."""

from base64 import b64encode
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.base.models import ir_cron

from ...models.common import scheduled_job
from ...models.history import customer_import_publishing
from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestPublishHistory(JobTests, JobCase):
    """Three imports of a past document each."""

    job, model = "ir_cron_customer_import", "customer.import"
    method = "_publish_part"

    def _prepare(self, env):
        partner = env["res.partner"].browse(self.partner)
        partner.ref = "RACED-HISTORY"
        day = env.company._get_today()
        code = self.currency.with_env(env).name
        records = env[self.model]
        for number in (1, 2, 3):
            rows = (
                "Customer Code,Customer,Document Number,Date,Amount,Currency\n"
                f"RACED-HISTORY,Raced for,R-{number},{day},10.5,{code}\n"
            )
            records += records.create(
                {
                    "file": b64encode(rows.encode()),
                    "file_name": f"raced {number}.csv",
                    "kind": "past",
                }
            )
        records.action_dry_run()
        self.assertEqual(set(records.mapped("state")), {"ready"})
        records._write_guarded({"state": "publishing"})
        return records

    def _count_done(self, record):
        past = record.env["customer.past.document"].search_count(
            [("import_id", "=", record.id)]
        )
        self.assertEqual(record.state == "done", bool(past))
        return past

    def _remove(self, env):
        records = env[self.model].browse(self.ids)
        records.activity_ids.unlink()
        records.message_ids.unlink()
        env.flush_all()
        # what was published stays; what was tried here goes past the ORM
        env.cr.execute(SQL("DELETE FROM customer_import WHERE id = ANY(%s)", self.ids))
        env.invalidate_all()

    def test_a_long_one_ends_and_is_called_again(self):
        """Odoo calls a job ten times at least, however long each takes; its server
        stops at a time for all of them."""
        before = self._count_loops()
        with (
            patch.object(customer_import_publishing, "PLAIN_PART", 1),
            patch.object(ir_cron, "MIN_TIME_PER_JOB", -scheduled_job.LONGEST - 1),
        ):
            self._call()
            self.assertEqual(self._count_loops() - before, 1)
            with self.registry.cursor() as cr:
                records = self._env(cr)[self.model].browse(self.ids)
                self.assertEqual(set(records.mapped("state")), {"publishing"})
            self.assertTrue(self._is_called_again())
        self._call()
        self.assertEqual(self._list_done(), [1, 1, 1])
