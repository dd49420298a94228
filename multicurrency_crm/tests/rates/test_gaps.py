"""Gaps of any length: in parts, after a kill, and what a publisher dates ahead."""

import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine.calendars import EVERY_DAY, Calendar, target_holidays
from ...models.rates import fx_rate_provider_fetching
from ...providers import registry
from ..providers.faults import FAULTS, hasty
from .village import VillageCommon

LOG = fx_rate_provider_fetching._logger.name


class Killed(BaseException):
    """The end of a process, which nothing catches."""


@tagged("post_install", "-at_install")
class TestGaps(VillageCommon):
    """A publisher that gives one day a request, and publishes every day."""

    declared = {
        "longest_range": 1,
        "calendar": Calendar("UTC", datetime.time(1), weekdays=EVERY_DAY),
        "first_day": datetime.date(2026, 1, 1),
    }

    def _publish_days(self, first, count):
        start = datetime.date.fromisoformat(first)
        self.publish(*(str(start + datetime.timedelta(n)) for n in range(count)))

    @freeze_time("2026-06-30 02:00:00")
    def test_a_first_fetch_is_modest(self):
        self._publish_days("2026-01-01", 181)
        self.run_cron()
        self.assertEqual(len(self.spans), 31)
        self.assertEqual(len(self.provider.run_ids), 1)

    @freeze_time("2026-06-30 02:00:00")
    def test_a_first_fetch_is_as_modest_as_declared(self):
        self.patch(type(registry.get("village")), "first_days", 9)
        self._publish_days("2026-01-01", 181)
        self.run_cron()
        self.assertEqual(len(self.spans), 10)

    @freeze_time("2026-06-30 02:00:00")
    def test_a_long_gap_comes_in_parts(self):
        self._publish_days("2026-01-01", 181)
        with freeze_time("2026-01-10 02:00:00"):
            self.run_cron()
        self.assertEqual(len(self._rates(self.usd)), 10)
        self.run_cron()
        self.assertEqual(len(self._rates(self.usd)), 181)
        self.assertEqual(len(self.spans), 181)
        periods = self.provider.run_ids.sorted("id").mapped(
            lambda run: (str(run.date_from), str(run.date_to))
        )
        self.assertEqual(periods[1], ("2026-01-11", "2026-02-10"))
        self.assertEqual(periods[-1], ("2026-06-15", "2026-06-30"))
        self.assertEqual(str(self.provider.last_success), "2026-06-30")

    @freeze_time("2026-06-30 02:00:00")
    def test_killed_half_way(self):
        """What is done stays done, and the next run goes on from there."""
        self._publish_days("2026-01-01", 181)
        with freeze_time("2026-01-10 02:00:00"):
            self.run_cron()
        download = type(self.provider)._download

        def dying(provider, date_from, date_to):
            if str(date_from) == "2026-03-14":
                raise Killed
            return download(provider, date_from, date_to)

        with patch.object(type(self.provider), "_download", dying):
            # not assertRaises, which would undo what was committed
            try:
                self.run_cron()
            except Killed:
                killed = True
        self.assertTrue(killed)
        self.env.invalidate_all()
        self.assertEqual(str(self.provider.last_success), "2026-03-13")
        self.spans.clear()
        self.run_cron()
        self.assertEqual(self.spans[0], ("2026-03-14", "2026-03-14"))
        self.assertEqual(len(self._rates(self.usd)), 181)

    @freeze_time("2026-06-30 02:00:00")
    def test_a_failure_in_the_middle(self):
        self._publish_days("2026-01-01", 181)
        with freeze_time("2026-01-10 02:00:00"):
            self.run_cron()
        good = self.publisher.answers["/rates"]
        self.publisher.answers["/rates"] = lambda handler, times: (
            FAULTS["out of order"] if len(self.spans) >= 60 else good
        )(handler, times)
        with mute_logger(LOG), hasty():
            self.run_cron()
        self.assertEqual(self.provider.state, "failed")
        self.assertEqual(str(self.provider.last_success), "2026-02-10")
        self.publisher.answers["/rates"] = good
        with freeze_time("2026-06-30 03:00:00"):
            self.run_cron()
        self.assertEqual(len(self._rates(self.usd)), 181)
        self.assertEqual(self.provider.state, "ok")


@tagged("post_install", "-at_install")
class TestHeldIsNotThere(VillageCommon):
    """What is held hasn't come: its day is asked for until somebody decides."""

    def setUp(self):
        super().setUp()
        self.publish("2026-03-05")
        with freeze_time("2026-03-05 16:30:00"):
            self.run_cron()
        # ten times too high
        self.publish("2026-03-06", USD="10.840", CNY="7.8154")
        with freeze_time("2026-03-06 16:30:00"):
            self.run_cron()

    def _get_hold(self):
        return self.env["fx.rate.hold"].search([("provider_id", "=", self.provider.id)])

    def test_corrected_after_its_own_day(self):
        self.assertEqual(self._get_hold().state, "pending")
        self.assertEqual(list(self._rates(self.usd)), ["2026-03-05"])
        self.publish("2026-03-06", "2026-03-09")
        self.spans.clear()
        with freeze_time("2026-03-09 16:30:00"):
            self.run_cron()
        self.assertEqual(self.spans[0][0], "2026-03-06")
        self.assertNotEqual(self._get_hold().state, "pending")
        self.assertIn("2026-03-06", self._rates(self.usd))

    def test_decided_it_is_asked_for_no_more(self):
        self._get_hold().action_reject("A slip of theirs")
        self.publish("2026-03-09")
        self.spans.clear()
        with freeze_time("2026-03-09 16:30:00"):
            self.run_cron()
        self.assertGreater(self.spans[0][0], "2026-03-06")


@tagged("post_install", "-at_install")
class TestDatedAhead(VillageCommon):
    """A publisher that dates its figures to the next day."""

    declared = {
        "ahead_days": 1,
        "calendar": Calendar(
            "Europe/Berlin", datetime.time(16), holidays=target_holidays
        ),
    }

    @freeze_time("2026-03-05 15:01:00")
    def test_tomorrows_rates(self):
        self.publish("2026-03-06")
        self.run_cron()
        self.assertEqual(str(self.provider.last_success), "2026-03-06")
        self.assertEqual(list(self._rates(self.usd)), ["2026-03-06"])
        self.assertEqual(str(self.provider.next_run), "2026-03-06 15:00:00")
        self.publish("2026-03-07")
        with freeze_time("2026-03-06 15:01:00"):
            self.run_cron()
        self.assertEqual(str(self.provider.next_run), "2026-03-09 15:00:00")
