"""The nightly run on connections of its own: killed, resumed, shared."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ...models.common import scheduled_job
from ..rate_lock.race_common import RaceCase

JOBS = scheduled_job._logger.name


@tagged("post_install", "-at_install")
class TestCreditRun(RaceCase):
    """Seven customers with an order each, assessed three at a time."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.company = env.company.id
            self.was = (env.company.partner_id.tz, env.company.night_hour)
            # only of what is tried here
            self.others = env["credit.policy"].search([]).ids
            env["credit.policy"].browse(self.others).active = False
            self.policy = env["credit.policy"].create({"name": "Raced"}).id
            # before this night began
            cr.execute("UPDATE credit_policy SET create_date = '2020-01-01'")
            buyers = env["res.partner"].create(
                [{"name": f"Assessed {number}"} for number in range(7)]
            )
            self.buyers = buyers.ids
            self.orders = []
            for buyer in buyers:
                order = self._quote(env, 100.0)
                order.partner_id = buyer
                self.orders.append(order.id)

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["sale.order"].browse(self.orders).unlink()
            for model in ("credit.assessment", "credit.assessment.chunk"):
                env[model].search([("company_id", "=", self.company)]).unlink()
            accounts = env["credit.account"].search([("partner_id", "in", self.buyers)])
            accounts.unlink()
            env["credit.policy"].browse(self.policy).unlink()
            company = env["res.company"].browse(self.company)
            company.partner_id.tz, company.night_hour = self.was
            env["credit.policy"].browse(self.others).active = True
            env["res.partner"].browse(self.buyers).unlink()
        return super()._take_away()

    def _assessments(self, cr):
        return self._env(cr)["credit.assessment"].search(
            [("partner_id", "in", self.buyers)]
        )

    def _run(self):
        everybody = self.registry["credit.assessment"]._assess_everybody

        def by_three(assessments, job, _size):
            return everybody(assessments, job, 3)

        with patch.object(
            self.registry["credit.assessment"], "_assess_everybody", by_three
        ):
            self._run_job("ir_cron_assess_credit")

    def test_done_once_a_night(self):
        self._run()
        with self.registry.cursor() as cr:
            self.assertEqual(len(self._assessments(cr)), 7)
        with patch.object(self.registry["res.partner"], "_assess_credit") as assess:
            self._run()
        assess.assert_not_called()

    def test_odoo_18048_a_run_that_crosses_midnight_is_finished(self):
        """Where the company is, the day turns after the first chunk: the others are
        assessed all the same, as the run's. 23:59 in UTC, 00:01 afterwards."""
        assess = self.registry["res.partner"]._assess_credit
        with freeze_time("2026-11-23 23:59:00") as clock:

            def late(partners, company=None, **options):
                clock.move_to("2026-11-24 00:01:00")
                return assess(partners, company, **options)

            with self.registry.cursor() as cr:
                env = self._env(cr)
                env["res.company"].browse(self.company).partner_id.tz = "UTC"
            with patch.object(self.registry["res.partner"], "_assess_credit", late):
                self._run()
                # two minutes for one chunk: Odoo calls the job once more for the others
                self._run()
            with self.registry.cursor() as cr:
                self.assertEqual(len(self._assessments(cr)), 7, "nobody is left out")
                chunks = self._env(cr)["credit.assessment.chunk"].search(
                    [("company_id", "=", self.company)]
                )
                self.assertEqual(set(chunks.mapped("done")), {True})
                self.assertEqual(set(map(str, chunks.mapped("date"))), {"2026-11-23"})

    def test_what_an_earlier_night_left_is_dropped(self):
        with self.registry.cursor() as worker:
            env = self._env(worker)
            company = env["res.company"].browse(self.company)
            # today's night hasn't begun where its hour is still to strike
            night = company._get_day_of(company._get_night_start())
            before = night - timedelta(days=1)
            env["credit.assessment"]._plan_chunks(company, before, 3, {})
            first = env["credit.assessment"]._find_due(company, before, [])
            env["credit.assessment"]._take_chunk(first)
            worker.commit()
        self._run()
        with self.registry.cursor() as cr:
            chunks = self._env(cr)["credit.assessment.chunk"].search(
                [("company_id", "=", self.company)]
            )
            self.assertEqual(set(chunks.mapped("done")), {True})
            self.assertEqual(len(chunks), 1 + 3, "what was done is kept")

    def _plan(self, worker):
        env = self._env(worker)
        company = env["res.company"].browse(self.company)
        env["credit.assessment"]._plan_chunks(company, company._get_today(), 3, {})
        worker.commit()

    def _take(self, cr, seen=()):
        """:return: the id of a chunk, and whether it could be taken"""
        Assessment = self._env(cr)["credit.assessment"]
        company = Assessment.env["res.company"].browse(self.company)
        chunk = Assessment._find_due(company, company._get_today(), list(seen))
        return chunk.id, Assessment._take_chunk(chunk)

    def test_two_workers_share_the_customers(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self._plan(mine)
            self._plan(yours)
            chunks = self._env(mine)["credit.assessment.chunk"]
            planned = chunks.search([("company_id", "=", self.company)])
            self.assertEqual(len(planned), 3, "planned by two, and once")
            first, taken = self._take(mine)
            self.assertTrue(taken)
            self.assertEqual(self._take(yours), (first, False), "it is another's")
            second, taken = self._take(yours, [first])
            self.assertTrue(taken)
            self.assertNotEqual(first, second)
            mine.rollback()
            self.assertEqual(self._take(yours), (first, True), "what was dropped")
            yours.rollback()

    def test_one_that_fails_is_named_and_the_rest_goes_on(self):
        assess = self.registry["res.partner"]._assess_credit
        bad = self.buyers[2]

        def failing(partners, company=None, **options):
            if bad in partners.ids:
                raise ValueError("nobody knows")
            return assess(partners, company, **options)

        with (
            patch.object(self.registry["res.partner"], "_assess_credit", failing),
            self.assertLogs(JOBS, "ERROR") as logs,
        ):
            self._run()
        self.assertIn("Assessed 2", logs.output[0])
        self.assertIn("nobody knows", logs.output[0])
        self.assertEqual(len(logs.output), 1)
        with self.registry.cursor() as cr:
            assessed = self._assessments(cr).partner_id.ids
            self.assertEqual(set(self.buyers) - set(assessed), {bad})

    # === THE NIGHT === #

    def test_each_company_has_its_own_night(self):
        """01:30 in UTC is half past nine in Shanghai, where people work, and half past
        one in Lisbon."""
        with self.registry.cursor() as cr:
            company = self._env(cr)["res.company"].browse(self.company)
            company.partner_id.tz = "Asia/Shanghai"
            cr.execute("UPDATE credit_policy SET create_date = '2026-11-23 10:00:00'")
        # made at 18:00 in Shanghai: its first night begins at 17:00 UTC
        for moment, assessed in (
            ("2026-11-23 11:00:00", 0),
            ("2026-11-23 16:59:00", 0),
            ("2026-11-23 17:01:00", 7),
        ):
            with freeze_time(moment):
                self._run()
            with self.registry.cursor() as cr:
                self.assertEqual(len(self._assessments(cr)), assessed, moment)
        self.assertEqual(self._list_nights(), {"2026-11-24"})
        # no server ran for two nights: it is done when one does
        for moment, night in (
            ("2026-11-24 12:00:00", "2026-11-24"),
            ("2026-11-24 16:30:00", "2026-11-24"),
            ("2026-11-26 16:30:00", "2026-11-26"),
            ("2026-11-26 17:30:00", "2026-11-27"),
        ):
            with freeze_time(moment):
                self._run()
            self.assertEqual(max(self._list_nights()), night, moment)

    def test_the_hour_is_the_companys_choice(self):
        with self.registry.cursor() as cr:
            company = self._env(cr)["res.company"].browse(self.company)
            company.partner_id.tz = "Europe/Lisbon"
            company.night_hour = "23"
        for moment, night in (
            ("2026-11-23 22:30:00", "2026-11-22"),
            ("2026-11-23 23:30:00", "2026-11-23"),
        ):
            with freeze_time(moment):
                self._run()
            self.assertEqual(max(self._list_nights()), night, moment)

    def _list_nights(self):
        with self.registry.cursor() as cr:
            chunks = self._env(cr)["credit.assessment.chunk"].search(
                [("company_id", "=", self.company)]
            )
            return set(map(str, chunks.mapped("date")))
