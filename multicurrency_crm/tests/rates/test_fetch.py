"""Fetch now, from a publisher on the loopback."""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..providers.common import reply
from .common import LOG, LoopbackCommon, ecb_csv_history

ROWS = {
    "2026-03-06": ["1.0840", "7.8154"],
    "2026-03-05": ["1.0812", "7.7926"],
    "2026-03-04": ["1.0797", "7.7810"],
}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestFetch(LoopbackCommon):
    def _fetch(self):
        action = self.provider.action_fetch()
        self.run = self.provider.run_ids.sorted("id")[-1:]
        return action["params"]

    def test_first_fetch_brings_ninety_days(self):
        self.serve(ROWS)
        notification = self._fetch()
        self.assertEqual(self.publisher.asked, ["/eurofxref-hist-90d.xml"])
        self.assertRates(
            self.usd,
            {day: float(usd) / float(cny) for day, (usd, cny) in ROWS.items()},
        )
        self.assertRecordValues(
            self.run,
            [
                {
                    "state": "stored",
                    "origin": "button",
                    "company_id": self.company.id,
                    "stored": 6,
                    "unchanged": 0,
                    "message": "Not published here: JPY and KWD.",
                }
            ],
        )
        self.assertEqual(str(self.run.date_from), "2025-12-07")
        self.assertEqual(str(self.run.date_to), "2026-03-06")
        self.assertEqual(notification["type"], "success")
        self.assertIn("6 rates stored", notification["message"])
        self.assertIn("Harbour Export", notification["message"])
        self.assertEqual(self.provider.state, "ok")
        self.assertEqual(str(self.provider.last_success), "2026-03-06")

    def test_next_day_needs_the_daily_file_only(self):
        self.provider.currency_ids = self.usd
        self.serve(ROWS)
        self._fetch()
        with freeze_time("2026-03-09 16:30:00"):
            self.publisher.asked.clear()
            self.serve({"2026-03-09": ["1.0900", "7.80"], **ROWS})
            self._fetch()
        self.assertEqual(self.publisher.asked, ["/eurofxref-daily.xml"])
        self.assertEqual(str(self.run.date_from), "2026-03-07")
        self.assertEqual(self.run.stored, 1)
        self.assertIn("2026-03-09", self._rates(self.usd))

    def test_nothing_new_at_the_weekend(self):
        self.provider.currency_ids = self.usd
        self.serve(ROWS)
        self._fetch()
        with freeze_time("2026-03-07 16:30:00"):
            notification = self._fetch()
        self.assertEqual(notification["type"], "success")
        self.assertEqual((self.run.state, self.run.stored), ("unchanged", 0))
        self.assertEqual(self.run.message, "Nothing new is published.")
        self.assertEqual(self.provider.state, "ok")

    def test_corrected_the_same_day(self):
        self.provider.currency_ids = self.usd
        self.serve(ROWS)
        self._fetch()
        self.serve({**ROWS, "2026-03-06": ["1.0850", "7.8154"]})
        self._fetch()
        self.assertEqual(self.run.stored, 1)
        self.assertAlmostEqual(
            self._rates(self.usd)["2026-03-06"], 1.085 / 7.8154, delta=1e-13
        )

    def test_a_gap_of_years_comes_from_the_history(self):
        self.provider.currency_ids = self.usd
        history = ecb_csv_history({**ROWS, "2022-12-30": ["1.0666", "7.3582"]})
        self.publisher.answers["/eurofxref-hist.zip"] = history
        with freeze_time("2022-12-29"):
            self.serve({"2022-12-29": ["1.0649", "7.4151"]})
            self._fetch()
        self.publisher.asked.clear()
        self._fetch()
        self.assertEqual(self.publisher.asked, ["/eurofxref-hist.zip"])
        self.assertEqual(self.run.stored, 4)

    def test_a_currency_activated_later_catches_up(self):
        self.provider.currency_ids = self.usd
        rows = {day: [*row, "160.5"] for day, row in ROWS.items()}
        self.serve(rows, ("USD", "CNY", "JPY"))
        self._fetch()
        self.provider.currency_ids += self.jpy
        self._fetch()
        self.assertEqual((self.run.stored, self.run.unchanged), (3, 3))

    def test_failures_are_told_and_leave_nothing(self):
        self.serve(ROWS)
        path = "/eurofxref-hist-90d.xml"
        good = self.publisher.answers[path]
        other = self.publisher.address.replace("127.0.0.1", "localhost")
        for answer, words in (
            (b"<html>maintenance</html>", "not a file of the European"),
            (good[: len(good) // 2], "cut off"),
            (None, "status 404"),
            (lambda h, _n: reply(h, b"", 301, Location=other), "sends us to"),
            (lambda h, _n: reply(h, b"", 503), "status 503"),
        ):
            with self.subTest(words), mute_logger(LOG):
                self.publisher.answers[path] = answer
                notification = self._fetch()
                self.assertIn(words, self.run.message)
                self.assertIn(words, notification["message"])
                self.assertEqual(notification["type"], "danger")
                self.assertEqual((self.run.state, self.run.stored), ("failed", 0))
                self.assertEqual(self.provider.state, "failed")
                self.assertFalse(self.provider.last_success)
                self.assertFalse(self.Rate.search([]))
        self.publisher.answers[path] = lambda h, n: reply(
            h, good, 200 if n % 2 else 500
        )
        self._fetch()
        self.assertEqual(self.provider.state, "ok")

    def test_a_figure_that_is_no_rate_is_held(self):
        """The rest of the file is booked; the notification says what wasn't."""
        self.serve({**ROWS, "2026-03-05": ["0", "7.7926"]})
        notification = self._fetch()
        self.assertEqual((self.run.stored, self.run.held), (5, 1))
        self.assertIn("Held back until somebody decides: 1.", self.run.message)
        self.assertIn(self.run.message, notification["message"])
        self.assertEqual(notification["type"], "warning")
        self.assertNotIn("2026-03-05", self._rates(self.usd))

    def test_one_company_fails_and_the_other_is_served(self):
        [dirham] = self._activate("AED")
        gulf = self._create_company("Harbour Gulf", dirham)
        self.env.user.company_ids += gulf
        self.provider.company_ids = gulf | self.company
        self.serve(ROWS)
        with mute_logger(LOG):
            action = self.provider.with_context(
                allowed_company_ids=(self.company | gulf).ids
            ).action_fetch()
        self.assertIn("no rate of AED", action["params"]["message"])
        self.assertIn("6 rates stored", action["params"]["message"])
        states = {run.company_id: run.state for run in self.provider.run_ids}
        self.assertEqual(states, {gulf: "failed", self.company: "stored"})
        self.assertEqual(self.provider.state, "failed")
        self.assertEqual(self.publisher.asked, ["/eurofxref-hist-90d.xml"])

    def test_old_rates_only_is_late(self):
        self.serve({"2026-02-25": ["1.08", "7.8"]})
        self._fetch()
        self.assertEqual(self.provider.state, "late")

    def test_start_serves_the_current_company(self):
        provider = self.env.ref("multicurrency_crm.fx_rate_provider_ecb").copy()
        provider.address = self.publisher.address
        self.assertEqual(provider.state, "new")
        with self.assertRaisesRegex(UserError, "press Start"):
            provider.action_fetch()
        self.serve(ROWS)
        provider.action_start()
        self.assertEqual(provider.company_ids, self.company)
        self.assertEqual(provider.state, "ok")
        self.assertTrue(self._rates(self.usd))

    def test_addresses_allowed(self):
        for address in ("https://evil.example/", "http://www.ecb.europa.eu/", "x"):
            with self.subTest(address), self.assertRaises(ValidationError):
                self.provider.address = address
        self.provider.address = "https://www.ecb.europa.eu/elsewhere/"

    def test_a_host_that_is_allowed_no_more(self):
        self.serve(ROWS)
        self.env["ir.config_parameter"].set_param("multicurrency_crm.allowed_hosts", "")
        with mute_logger(LOG):
            self._fetch()
        self.assertIn("not fetched from", self.run.message)
        self.assertEqual(self.publisher.asked, [])

    def test_interval_is_positive(self):
        with (
            self.assertRaisesRegex(ValidationError, "a number from 1 to 366"),
            self.env.cr.savepoint(),
        ):
            self.provider.interval_number = 0
