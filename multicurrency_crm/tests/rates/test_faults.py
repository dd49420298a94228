"""A publisher that does everything wrong: what is left, what is said, who is next."""

from pathlib import Path
from tempfile import TemporaryDirectory

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..providers.common import publisher
from ..providers.faults import (
    FAULTS,
    certificate,
    closed_address,
    hasty,
    status,
    well_after,
)
from .common import DAY, FILES, LOG, ROWS, LoopbackCommon


@tagged("post_install", "-at_install")
@freeze_time(f"{DAY} 16:30:05", tick=True)
class TestFaults(LoopbackCommon):
    """Rates of the day before are in the books, and today's are to come."""

    def setUp(self):
        super().setUp()
        self.archive_others()
        self.serve({"2026-03-05": ROWS["2026-03-05"]})
        self.provider.currency_ids = self.usd
        with freeze_time("2026-03-05 16:30:00"):
            self._run_cron()
        self.other_publisher = self.enterContext(publisher())
        self.serve(ROWS)
        self.other_publisher.answers = dict(self.publisher.answers)
        self.second = self._create_provider(
            self.other_company, name="Second", sequence=90
        )
        self.second.write(
            {"address": self.other_publisher.address, "currency_ids": self.cny.ids}
        )

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("multicurrency_crm.cron_fetch_rates").method_direct_trigger()
        self.env.invalidate_all()

    def _books(self):
        return self.Rate.search([("company_id", "=", self.company.id)]).read(
            ["name", "rate", "currency_id", "fx_provider_id", "fx_payload_hash"]
        )

    def assertFailedWell(self):
        """The books are as before, the run says why, the next provider was asked."""
        before = self._books()
        self.assertTrue(before)
        asked = self.other_publisher.asked
        asked.clear()
        self.second.write({"next_run": False})
        self.provider.write({"next_run": False})
        with hasty(), mute_logger(LOG):
            self._run_cron()
        self.assertEqual(self._books(), before)
        run = self.provider.run_ids[0]
        self.assertEqual((run.state, run.stored, run.held), ("failed", 0, 0))
        self.assertRegex(run.message, r"\w.*[.:]")
        self.assertLess(len(run.message), 400)
        self.assertEqual(self.provider.state, "failed")
        self.assertEqual(str(self.provider.last_success), "2026-03-05")
        self.assertGreater(str(self.provider.next_run), f"{DAY} 16:30:05")
        self.assertTrue(asked)
        self.assertEqual(self.second.state, "ok")
        self.assertTrue(self._rates(self.cny, self.other_company))

    def test_every_fault(self):
        for name, answer in FAULTS.items():
            with self.subTest(name):
                for path in FILES:
                    self.publisher.answers[path] = answer
                self.assertFailedWell()

    def test_nobody_there(self):
        self.provider.address = closed_address()
        self.assertFailedWell()

    def test_wrong_certificate(self):
        with TemporaryDirectory() as folder:
            pem = certificate(Path(folder) / "server.pem")
            server = self.enterContext(publisher(pem))
            self.provider.address = server.address
            self.assertFailedWell()
        self.assertIn("certificate", self.provider.run_ids[0].message)

    def test_well_at_the_second_attempt(self):
        good = self.other_publisher.answers
        for path in FILES:
            self.publisher.answers[path] = well_after(1, good[path])
        self.provider.next_run = False
        with hasty():
            self._run_cron()
        self.assertEqual(self.provider.state, "ok")
        self.assertIn(DAY, self._rates(self.usd))

    def test_the_notification_says_who_failed(self):
        for path in FILES:
            self.publisher.answers[path] = status(403, b"not for you")
        self.env.user.company_ids |= self.other_company
        companies = (self.company | self.other_company).ids
        both = (self.provider | self.second).with_context(allowed_company_ids=companies)
        with hasty(), mute_logger(LOG):
            params = both.action_fetch()["params"]
        lines = params["message"].split("\n")
        self.assertEqual(len(lines), 2)
        self.assertIn("Test ECB, Harbour Export: ", lines[0])
        self.assertIn("403", lines[0])
        self.assertRegex(lines[1], "Second, Harbour America: 2 rates stored")
        self.assertEqual(params["type"], "danger")
        self.assertEqual(params["title"], "Some rates were not fetched")
