"""The nightly run on connections of its own: killed, resumed, shared."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase

ROOM = "odoo.addons.multicurrency_crm.models.credit.assessment"
RUN = f"{ROOM}.credit_assessment_run"


@tagged("post_install", "-at_install")
class TestCreditRun(RaceCase):
    """Seven customers with an order each, assessed three at a time."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.company = env.company.id
            # only of what is tried here
            self.others = env["credit.policy"].search([]).ids
            env["credit.policy"].browse(self.others).active = False
            self.policy = env["credit.policy"].create({"name": "Raced"}).id
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
            env["credit.policy"].browse(self.others).active = True
            env["res.partner"].browse(self.buyers).unlink()
        return super()._take_away()

    def _assessments(self, cr):
        return self._env(cr)["credit.assessment"].search(
            [("partner_id", "in", self.buyers)]
        )

    def _run(self, cr):
        self._env(cr)["credit.assessment"]._cron_assess(chunk=3)

    def test_killed_it_goes_on_where_it_stopped(self):
        done = []
        assess = self.registry["res.partner"]._assess_credit

        def killed(partners, company=None, **options):
            if len(done) == 1:
                raise KeyboardInterrupt
            done.append(partners)
            return assess(partners, company, **options)

        with self.registry.cursor() as cr:
            with patch.object(self.registry["res.partner"], "_assess_credit", killed):
                with self.assertRaises(KeyboardInterrupt):
                    self._run(cr)
            cr.rollback()
        with self.registry.cursor() as cr:
            first = self._assessments(cr)
            self.assertTrue(first, "the first chunk is kept")
            ids, dates = first.ids, first.mapped("create_date")
        with self.registry.cursor() as cr:
            self._run(cr)
        with self.registry.cursor() as cr:
            self.assertEqual(len(self._assessments(cr)), 7, "nobody is left out")
            again = self._env(cr)["credit.assessment"].browse(ids)
            self.assertEqual(again.mapped("create_date"), dates, "nor done twice")
            with patch.object(self.registry["res.partner"], "_assess_credit") as assess:
                self._run(cr)
            assess.assert_not_called()

    def test_odoo_18048_a_run_that_crosses_midnight_is_finished(self):
        """Where the company is, the day turns after the first chunk: the others are
        assessed all the same, as the run's. 23:59 in UTC, 00:01 afterwards."""
        assess = self.registry["res.partner"]._assess_credit
        with freeze_time("2026-11-23 23:59:00") as clock:

            def late(partners, company=None, **options):
                clock.move_to("2026-11-24 00:01:00")
                return assess(partners, company, **options)

            with (
                self.registry.cursor() as cr,
                patch.object(self.registry["res.partner"], "_assess_credit", late),
            ):
                env = self._env(cr)
                env["res.company"].browse(self.company).partner_id.tz = "UTC"
                self._run(cr)
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
            before = company._get_today() - timedelta(days=1)
            env["credit.assessment"]._plan_chunks(company, before, 3)
            env["credit.assessment"]._take_chunk(company, before)
            worker.commit()
        with self.registry.cursor() as cr:
            self._run(cr)
        with self.registry.cursor() as cr:
            chunks = self._env(cr)["credit.assessment.chunk"].search(
                [("company_id", "=", self.company)]
            )
            self.assertEqual(set(chunks.mapped("done")), {True})
            self.assertEqual(len(chunks), 1 + 3, "what was done is kept")

    def _plan(self, worker):
        env = self._env(worker)
        company = env["res.company"].browse(self.company)
        env["credit.assessment"]._plan_chunks(company, company._get_today(), 3)
        worker.commit()

    def _take(self, cr):
        env = self._env(cr)
        company = env["res.company"].browse(self.company)
        return env["credit.assessment"]._take_chunk(company, company._get_today())

    def test_two_workers_share_the_customers(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self._plan(mine)
            self._plan(yours)
            chunks = self._env(mine)["credit.assessment.chunk"]
            planned = chunks.search([("company_id", "=", self.company)])
            self.assertEqual(len(planned), 3, "planned by two, and once")
            first, second = self._take(mine), self._take(yours)
            self.assertNotEqual(first, second)
            mine.rollback()
            self.assertEqual(self._take(yours), first, "what was dropped is taken")
            yours.rollback()

    @mute_logger("odoo.sql_db")
    def test_what_another_has_just_finished_isnt_taken(self):
        """A snapshot of before: the row was written since, and the look is repeated."""
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self._plan(mine)
            yours.execute("SELECT COUNT(*) FROM credit_assessment_chunk")
            first = self._take(mine)
            mine.commit()
            self.assertNotEqual(self._take(yours), first)
            yours.rollback()

    @mute_logger(RUN)
    def test_one_that_fails_is_named_and_the_rest_goes_on(self):
        assess = self.registry["res.partner"]._assess_credit
        bad = self.buyers[2]

        def failing(partners, company=None, **options):
            if bad in partners.ids:
                raise ValueError("nobody knows")
            return assess(partners, company, **options)

        with self.registry.cursor() as cr:
            with patch.object(self.registry["res.partner"], "_assess_credit", failing):
                with self.assertRaisesRegex(ValueError, "nobody knows"):
                    self._run(cr)
        with self.registry.cursor() as cr:
            assessed = self._assessments(cr).partner_id.ids
            self.assertEqual(set(self.buyers) - set(assessed), {bad})
