"""The job: who is due, what a failure leaves alone, what is committed."""

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from ..providers.common import publisher
from .common import LOG, ROWS, LoopbackCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:05")
class TestCron(LoopbackCommon):
    def setUp(self):
        super().setUp()
        self.archive_others()
        self.serve(ROWS)

    def _run_cron(self):
        """As the scheduler does, in a transaction of its own that commits."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("multicurrency_crm.cron_fetch_rates").method_direct_trigger()
        self.env.invalidate_all()

    def test_installed_it_does_nothing(self):
        self.provider.company_ids = False
        self._run_cron()
        self.assertEqual(self.publisher.asked, [])
        self.assertFalse(self.env["fx.rate.run"].search([]))

    def test_shipped_provider_serves_nobody(self):
        shipped = self.env.ref("multicurrency_crm.fx_rate_provider_ecb")
        self.assertFalse(shipped.copy().company_ids)

    def test_two_companies_one_download(self):
        self.provider.company_ids += self.other_company
        self._run_cron()
        self.assertEqual(self.publisher.asked, ["/eurofxref-hist-90d.xml"])
        runs = self.provider.run_ids
        self.assertEqual(runs.company_id, self.company | self.other_company)
        self.assertEqual(set(runs.mapped("origin")), {"schedule"})
        self.assertEqual(set(runs.mapped("state")), {"stored"})
        self.assertTrue(self._rates(self.cny, self.other_company))
        # Monday, 16:00 in Frankfurt
        self.assertEqual(
            self.provider.next_run, fields.Datetime.to_datetime("2026-03-09 15:00:00")
        )

    def test_not_due_yet(self):
        self.provider.next_run = "2026-03-06 17:00:00"
        self._run_cron()
        self.assertEqual(self.publisher.asked, [])

    def test_archived_company(self):
        self.provider.company_ids = self.other_company
        self.env.user.company_ids -= self.other_company
        self.other_company.active = False
        self._run_cron()
        self.assertEqual(self.publisher.asked, [])

    def test_archived_provider(self):
        self.provider.active = False
        self._run_cron()
        self.assertEqual(self.publisher.asked, [])

    def test_one_failure_leaves_the_next_alone(self):
        broken = self._create_provider(self.company, name="Broken", sequence=1)
        down = self.enterContext(publisher())
        broken.address = down.address
        with mute_logger(LOG):
            self._run_cron()
        self.assertEqual(broken.state, "failed")
        self.assertIn("404", broken.run_ids.message)
        self.assertEqual(str(broken.next_run), "2026-03-06 17:15:07")
        self.assertEqual(self.provider.state, "ok")
        self.assertTrue(self._rates(self.usd))

    def test_an_adapter_that_is_gone(self):
        """Its row stays readable and fails alone; Fetch now says why."""
        self.provider.sequence = 99
        orphan = self._create_provider(self.company, name="Orphan", sequence=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE fx_rate_provider SET service = 'gone' WHERE id = %s", [orphan.id]
        )
        orphan.invalidate_recordset()
        self.assertFalse(orphan.read(["terms", "documentation", "service"])[0]["terms"])
        with mute_logger(LOG):
            self._run_cron()
            action = orphan.action_fetch()
        self.assertEqual(set(orphan.run_ids.mapped("state")), {"failed"})
        self.assertIn("No adapter is called “gone”", orphan.run_ids[0].message)
        self.assertIn("No adapter is called “gone”", action["params"]["message"])
        self.assertEqual(self.provider.state, "ok")
        with self.assertRaisesRegex(ValidationError, "No adapter is called"):
            orphan.address = self.publisher.address

    def test_a_bug_in_an_adapter_is_a_failed_run(self):
        """Logged with its traceback, and the rest goes on."""
        self.provider.company_ids += self.other_company
        Provider = type(self.env["fx.rate.provider"])
        cross = Provider._cross_quotes
        self.patch(
            Provider,
            "_cross_quotes",
            lambda provider, company, *quotes: (
                {}["oops"]
                if company == self.company
                else cross(provider, company, *quotes)
            ),
        )
        with self.assertLogs(LOG, "ERROR") as logs:
            self._run_cron()
        self.assertIn("KeyError", logs.output[0])
        states = {run.company_id: run.state for run in self.provider.run_ids}
        self.assertEqual(states, {self.company: "failed", self.other_company: "stored"})

    def test_time_is_up(self):
        """What is left over is done by the next run, what is done stays done."""
        job = self.env.ref("multicurrency_crm.cron_fetch_rates")
        second = self._create_provider(self.other_company, name="Second", sequence=99)
        second.address = self.publisher.address
        self.patch(ir_cron, "MIN_RUNS_PER_JOB", 1)
        self.patch(ir_cron, "MIN_TIME_PER_JOB", 0)
        self._run_cron()
        self.assertTrue(self.provider.run_ids)
        self.assertFalse(second.run_ids)
        # Odoo was told that there is more
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))
        self._run_cron()
        self.assertTrue(second.run_ids)

    def test_two_days_do_not_stick_at_a_weekend(self):
        """Friday and two days is Sunday: the next publication is Monday's."""
        self.provider.write({"interval_number": 2, "currency_ids": self.usd.ids})
        rows = dict(ROWS)
        self._run_cron()
        for day, due in (
            ("2026-03-07", False),
            ("2026-03-08", False),
            ("2026-03-09", True),
            ("2026-03-10", False),
            ("2026-03-11", True),
        ):
            rows[day] = ["1.0850", "7.8160"]
            self.serve(rows)
            with freeze_time(f"{day} 16:30:01"):
                self.publisher.asked.clear()
                self._run_cron()
                self.assertEqual(bool(self.publisher.asked), due, day)
        self.assertIn("2026-03-10", self._rates(self.usd), "caught up on the 11th")

    def test_months(self):
        self.provider.write({"interval_type": "months"})
        self._run_cron()
        self.assertEqual(str(self.provider.next_run), "2026-04-07 14:00:00")

    def test_nothing_due_costs_one_query(self):
        self.provider.next_run = "2026-03-06 17:00:00"
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.env["fx.rate.provider"]._cron_fetch_rates()

    def test_offline_providers_are_never_asked(self):
        self.provider.write({"service": "manual_file", "address": False})
        self._run_cron()
        self.assertFalse(self.provider.run_ids)
        self.assertFalse(self.provider.next_run)

    def test_fetch_now_does_not_move_the_plan(self):
        """A fetch in the morning must not cancel the one after publication."""
        self.provider.action_fetch()
        self.assertFalse(self.provider.next_run)
