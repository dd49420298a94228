"""What happens when a provider fails or is late: who is next, and who is told."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...engine.booking_plan import RankedProvider
from ..providers.common import publisher
from ..providers.faults import hasty, status
from .common import DAY, FILES, LOG, ROWS, LoopbackCommon


@tagged("post_install", "-at_install")
@freeze_time(f"{DAY} 16:30:05", tick=True)
class TestTakingOver(LoopbackCommon):
    """Two providers for one company; the first one fails."""

    def setUp(self):
        super().setUp()
        self.archive_others()
        self.provider.write({"currency_ids": self.usd.ids, "sequence": 1})
        self.serve({"2026-03-05": ROWS["2026-03-05"]})
        with freeze_time("2026-03-05 16:30:00"):
            self._run_cron()
        for path in FILES:
            self.publisher.answers[path] = status(500)
        self.reserve_publisher = self.enterContext(publisher())
        self.second = self._create_provider(self.company, name="Second", sequence=2)
        self.second.write(
            {
                "address": self.reserve_publisher.address,
                "currency_ids": self.usd.ids,
                "next_run": "2026-03-06 18:00:00",
            }
        )
        main = self.publisher
        self.publisher = self.reserve_publisher
        self.serve(ROWS)
        self.publisher = main

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), hasty(), mute_logger(LOG):
            self.env.ref("multicurrency_crm.cron_fetch_rates").method_direct_trigger()
        self.env.invalidate_all()

    def _source(self, day=DAY):
        return self.Rate.search(
            [("currency_id", "=", self.usd.id), ("name", "=", day)]
        ).fx_provider_id

    def test_the_next_is_asked_at_once(self):
        self._run_cron()
        self.assertEqual(self.provider.state, "failed")
        self.assertEqual(self._source(), self.second)
        self.assertEqual(self._source("2026-03-05"), self.provider)

    def test_only_once_for_each_publication(self):
        self.reserve_publisher.answers.clear()
        self._run_cron()
        asked = len(self.reserve_publisher.asked)
        self.assertTrue(asked)
        self.second.next_run = "2026-03-06 20:00:00"
        with freeze_time(f"{DAY} 18:30:00"):
            self._run_cron()
        self.assertEqual(len(self.reserve_publisher.asked), asked)
        self.second.next_run = "2026-03-09 17:00:00"
        with freeze_time("2026-03-09 16:30:00"):
            self._run_cron()
        self.assertGreater(len(self.reserve_publisher.asked), asked)

    def test_put_off_by_a_person(self):
        self.second.next_run = "2027-03-06 18:00:00"
        self._run_cron()
        self.assertFalse(self.reserve_publisher.asked)

    def test_what_was_kept_aside(self):
        """The second knows today's rates already: nobody needs to be asked."""
        good = {DAY: ROWS[DAY], "2026-03-05": ROWS["2026-03-05"]}
        self.provider._write_guarded({"state": "ok"})
        with patch.object(RankedProvider, "has_missed", lambda *_args: False):
            self.second.next_run = False
            self.provider.next_run = "2026-03-06 17:00:00"
            self._run_cron()
        self.assertEqual(self._source("2026-03-05"), self.provider)
        self.assertFalse(self._source(), "the first is not late yet")
        asked = len(self.reserve_publisher.asked)
        with freeze_time(f"{DAY} 17:00:00"):
            self._run_cron()
        self.assertEqual(self._source(), self.second)
        self.assertEqual(len(self.reserve_publisher.asked), asked)
        self.assertIn("Taken from the next providers", self.provider.run_ids[0].message)
        self.serve(good)
        with freeze_time(f"{DAY} 20:00:00"):
            self._run_cron()
        self.assertEqual(self._source(), self.provider, "the first one is back")

    def test_another_kind_never_takes_over(self):
        self.second.purpose = "customs"
        self._run_cron()
        self.assertFalse(self.reserve_publisher.asked)
        self.assertFalse(self._source())


@tagged("post_install", "-at_install")
class TestTelling(LoopbackCommon):
    """One manager of the company is asked to act, until it is well."""

    def setUp(self):
        super().setUp()
        self.archive_others()
        self.provider.currency_ids = self.usd
        self.serve({"2026-03-02": ["1.0840", "7.8154"]})
        with freeze_time("2026-03-02 16:30:00"):
            self._run_cron()

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), hasty(), mute_logger(LOG):
            self.env.ref("multicurrency_crm.cron_fetch_rates").method_direct_trigger()
        self.env.invalidate_all()

    def _create_manager(self, login, company):
        return new_test_user(
            self.env,
            login,
            groups="multicurrency_crm.group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_late_by_more_than_its_habit(self):
        self._create_manager("away", self.other_company)
        manager = self._create_manager("here", self.company)
        self._create_manager("here_too", self.company)
        for moment, state, told in (
            ("2026-03-03 16:30:00", "ok", False),
            ("2026-03-04 16:30:00", "ok", False),
            ("2026-03-05 16:30:00", "late", True),
            ("2026-03-05 22:30:00", "late", True),
        ):
            with freeze_time(moment):
                self._run_cron()
            self.assertEqual(self.provider.state, state, moment)
            activities = self.provider.activity_ids
            self.assertEqual(len(activities), int(told), moment)
        self.assertIn("03/02/2026", str(activities.note))
        self.assertEqual(activities.user_id, manager)
        self.assertEqual(
            self.provider.with_user(manager).activity_ids.summary, "Rates are late"
        )
        self.serve({"2026-03-05": ["1.0840", "7.8154"]})
        with freeze_time("2026-03-06 08:00:00"):
            self._run_cron()
        self.assertEqual(self.provider.state, "ok")
        self.assertFalse(self.provider.activity_ids)

    def test_a_failure_alone_alarms_nobody(self):
        self._create_manager("here", self.company)
        self.publisher.answers.clear()
        with freeze_time("2026-03-03 16:30:00"):
            self._run_cron()
        self.assertEqual(self.provider.state, "failed")
        self.assertFalse(self.provider.activity_ids)
        with freeze_time("2026-03-05 16:30:00"):
            self._run_cron()
        self.assertTrue(self.provider.activity_ids)

    def test_nobody_to_tell(self):
        with freeze_time("2026-03-05 16:30:00"):
            self._run_cron()
        self.assertEqual(self.provider.state, "late")
        self.assertFalse(self.provider.activity_ids)
