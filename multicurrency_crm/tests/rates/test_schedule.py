"""When providers are asked again, for which days, and what counts as arrived."""

import datetime
import hashlib

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.rates import fx_rate_provider_fetching
from ...providers import registry
from ..providers.common import publisher
from ..providers.faults import hasty, status
from .village import Village, VillageCommon

LOG = fx_rate_provider_fetching._logger.name


@tagged("post_install", "-at_install")
class TestSchedule(VillageCommon):
    def assertPlanned(self, moment):
        self.assertEqual(str(self.provider.next_run), moment)

    @freeze_time("2026-03-06 15:03:00")
    def test_asked_again_until_it_is_there(self):
        self.publish("2026-03-05")
        self.run_cron()
        self.assertEqual(self.provider.state, "ok", "Friday's isn't there yet")
        self.assertPlanned("2026-03-06 15:18:00")
        with freeze_time("2026-03-06 15:20:00"):
            self.run_cron()
            self.assertPlanned("2026-03-06 15:35:00")
        self.publish("2026-03-06")
        with freeze_time("2026-03-06 15:40:00"):
            self.run_cron()
        self.assertEqual(str(self.provider.last_success), "2026-03-06")
        self.assertPlanned("2026-03-09 15:00:00")
        with freeze_time("2026-03-08 12:00:00"):
            self.spans.clear()
            self.run_cron()
        self.assertFalse(self.spans, "nothing is published at the weekend")

    def test_daylight_saving_and_days_off(self):
        for day, moment in (
            ("2026-03-27", "2026-03-30 14:00:00"),  # summer time begins
            ("2026-04-02", "2026-04-07 14:00:00"),  # Easter
            ("2026-10-23", "2026-10-26 15:00:00"),  # summer time ends
            ("2026-12-23", "2026-12-24 15:00:00"),
            ("2026-12-31", "2027-01-04 15:00:00"),
        ):
            self.publish(day)
            with freeze_time(f"{day} 15:01:00"):
                self.provider.next_run = False
                self.run_cron()
            self.assertPlanned(moment)
            self.assertEqual(self.provider.state, "ok")

    def test_new_year(self):
        self.publish("2025-12-30", "2025-12-31")
        with freeze_time("2025-12-31 15:01:00"):
            self.run_cron()
        self.publish("2026-01-02")
        with freeze_time("2026-01-02 15:01:00"):
            self.run_cron()
        self.assertEqual(self.spans[-1], ("2026-01-01", "2026-01-02"))
        self.assertEqual(
            sorted(self._rates(self.usd)), ["2025-12-30", "2025-12-31", "2026-01-02"]
        )

    @freeze_time("2026-03-06 15:01:00")
    def test_a_currency_that_did_not_come(self):
        self.provider.currency_ids += self.jpy
        self.publish("2026-03-05", USD="1.08", CNY="7.81", JPY="160")
        self.publish("2026-03-06", USD="1.08", CNY="7.81")
        self.run_cron()
        self.assertEqual(str(self.provider.last_success), "2026-03-05")
        self.assertIn("2026-03-06", self._rates(self.usd))
        self.assertPlanned("2026-03-06 15:16:00")
        self.publish("2026-03-06", USD="1.08", CNY="7.81", JPY="161")
        with freeze_time("2026-03-06 15:20:00"):
            self.run_cron()
        self.assertEqual(self.spans[-1], ("2026-03-06", "2026-03-06"))
        self.assertEqual(str(self.provider.last_success), "2026-03-06")

    @freeze_time("2026-03-06 15:01:00")
    def test_a_currency_that_never_comes(self):
        """It is named once, and neither waited for nor asked for again."""
        self.provider.currency_ids += self.kwd
        self.publish("2026-03-05", "2026-03-06")
        self.run_cron()
        self.assertEqual(self.provider.run_ids.message, "Not published here: KWD.")
        self.assertEqual(str(self.provider.last_success), "2026-03-06")
        self.publish("2026-03-09")
        with freeze_time("2026-03-09 15:01:00"):
            self.run_cron()
        self.assertEqual(self.spans[-1], ("2026-03-07", "2026-03-09"))

    @freeze_time("2026-03-06 15:01:00")
    def test_a_company_that_joins_later(self):
        self.publish("2026-03-05", "2026-03-06")
        self.run_cron()
        self.provider.write(
            {"company_ids": [(4, self.other_company.id)], "next_run": False}
        )
        self.provider.currency_ids += self.eur
        self.run_cron()
        self.assertEqual(self.spans[-1][0], "2025-12-07")
        self.assertEqual(len(self._rates(self.eur, self.other_company)), 2)

    @freeze_time("2026-03-06 15:01:00")
    def test_who_fetches_for_one_company_has_not_for_the_other(self):
        self.publish("2026-03-06")
        self.provider.company_ids += self.other_company
        self.provider.action_fetch()
        self.assertEqual(self.provider.run_ids.company_id, self.company)
        self.assertFalse(self.provider.last_success)
        self.run_cron()
        self.assertEqual(str(self.provider.last_success), "2026-03-06")

    def test_companies_in_other_zones(self):
        """A day is the publisher's: for people far away it ends or begins earlier."""
        self.publish("2026-03-06")
        for zone in ("Pacific/Auckland", "Pacific/Honolulu"):
            user = new_test_user(
                self.env,
                zone,
                groups="multicurrency_crm.group_finance",
                tz=zone,
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            self.provider._write_guarded({"next_run": False, "last_success": False})
            with freeze_time("2026-03-06 15:01:00"):
                self.provider.with_user(user).action_fetch()
                self.run_cron()
            self.assertPlanned("2026-03-09 15:00:00")
            self.assertEqual(list(self._rates(self.usd)), ["2026-03-06"])

    @freeze_time("2026-03-06 15:01:00")
    def test_put_off_by_the_publisher(self):
        self.publisher.answers["/rates"] = status(429, Retry_After="7200")
        with hasty(), mute_logger(LOG):
            self.run_cron()
        self.assertEqual(self.provider.state, "failed")
        self.assertPlanned("2026-03-06 17:01:00")

    @freeze_time("2026-03-06 15:01:00")
    def test_terms_and_keys_come_first(self):
        self.publish("2026-03-06")
        self.patch(type(registry.get("village")), "needs_key", True)
        self.provider.invalidate_recordset()
        with mute_logger(LOG):
            self.provider.action_fetch()
        self.assertEqual(self.publisher.asked, [])
        self.assertIn("needs a key", self.provider.run_ids[0].message)
        with self.assertRaisesRegex(UserError, "needs a key"):
            self.provider._fetch(datetime.date.today(), datetime.date.today())
        self.provider.api_key = "s3cret"
        self.provider.action_fetch()
        self.assertIn("key=s3cret", self.publisher.asked[-1])

    @freeze_time("2026-03-06 15:01:00")
    def test_evidence(self):
        """The hash of the bytes as they came, and when they came."""
        self.publish("2026-03-05", "2026-03-06")
        self.run_cron()
        rows = self.Rate.search([("currency_id", "=", self.usd.id)])
        payload = self.lines("2025-12-07", "2026-03-06")
        self.assertEqual(
            set(rows.mapped("fx_payload_hash")), {hashlib.sha256(payload).hexdigest()}
        )
        self.assertEqual(str(rows[0].fx_received_at), "2026-03-06 15:01:00")

    @freeze_time("2026-03-06 15:01:00")
    def test_an_empty_answer_does_not_fail_the_rest(self):
        """Neither the provider's own state nor the others that are due."""
        other = self._create_provider(self.company, name="Other", sequence=99)
        other.write({"service": "village", "address": self.publisher.address})
        self.run_cron()
        self.assertEqual(set(other.run_ids.mapped("state")), {"unchanged"})
        self.assertEqual(self.provider.run_ids.message, "Nothing new is published.")
        self.publish("2026-03-06", USD="1.08", CNY="7.81", JPY="161")
        (self.provider | other).next_run = False
        self.run_cron()
        self.assertEqual((self.provider.state, other.state), ("ok", "ok"))
        self.assertEqual(list(self._rates(self.jpy)), ["2026-03-06"])
        self.assertFalse(self._rates(self.cny), "no rate of the base itself")

    @freeze_time("2026-03-06 15:01:00")
    def test_an_adapter_with_a_bug_stops_nobody_else(self):
        """One that fails where no attempt begins is logged and put off."""
        other = self._create_provider(self.company, name="Other", sequence=1)
        self.addCleanup(registry.unregister, "broken")
        registry.register(type("Broken", (Village,), {"code": "broken"}))
        other.service = "broken"
        self.patch(type(registry.get("broken")), "calendar", None)
        self.publish("2026-03-06")
        with self.assertLogs(LOG, "ERROR") as logs:
            self.run_cron()
        self.assertIn("AttributeError", logs.output[0])
        self.assertEqual((other.state, other.run_ids.state), ("failed", "failed"))
        self.assertEqual(str(other.next_run), "2026-03-06 18:01:00")
        self.assertEqual(self.provider.state, "ok")

    @freeze_time("2026-03-06 15:01:00")
    def test_a_confirming_provider_that_fails_is_a_note(self):
        other = self._create_provider(self.company, name="Other", sequence=50)
        other.write(
            {"company_ids": False, "address": self.enterContext(publisher()).address}
        )
        self.provider.confirm_provider_id = other
        self.publish("2026-03-06")
        with mute_logger(LOG), hasty():
            self.run_cron()
        run = self.provider.run_ids
        self.assertEqual(run.state, "stored")
        self.assertIn("Not confirmed: ", run.message)
        self.assertIn("404", run.message)

    def test_who_takes_currencies_by_name_hears_which(self):
        """Those of its own companies, and those of the providers that it confirms."""
        heard = []
        village = type(registry.get("village"))
        ask = village.request

        def request(adapter, client, *wanted):
            heard.append(adapter.wanted(client))
            return ask(adapter, client, *wanted)

        self.patch(village, "request", request)
        day = datetime.date(2026, 3, 6)
        self.publish("2026-03-06")
        self.provider._fetch(day, day)
        other = self._create_provider(self.other_company, name="Other")
        other.currency_ids = self.jpy
        other.confirm_provider_id = self.provider
        self.provider._fetch(day, day)
        self.assertEqual(heard, [["CNY", "USD"], ["CNY", "JPY", "USD"]])
