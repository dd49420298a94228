"""The job that looks at customers each night: tried as every job is."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...models.common import scheduled_job
from ...models.lifecycle import customer_life_night
from .test_jobs import JobCase, JobTests


@tagged("post_install", "-at_install")
class TestFollowCustomers(JobTests, JobCase):
    """Three customers with an opportunity each."""

    job, model, method = "ir_cron_customer_life", "customer.life", "_stage"

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(customer_life_night, "CHUNK", 1))

    def _prepare(self, env):
        company = env.company
        company.lifecycle_followed = True
        names = [{"name": f"Followed {number}"} for number in (1, 2, 3)]
        partners = env["res.partner"].create(names)
        env["crm.lead"].create(
            [
                {
                    "name": partner.name,
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "company_id": company.id,
                }
                for partner in partners
            ]
        )
        self.people = partners.ids
        env["customer.life"]._begin(company)
        return env["customer.life"]._find(partners, company).sorted("id")

    def _count_done(self, life):
        return int(life.stage == "lead")

    def test_of_two_that_begin_at_once_one_is_set_aside(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM customer_life_run")
        with (
            self.registry.cursor() as first,
            patch.object(scheduled_job, "WAIT", "200ms"),
            mute_logger("odoo.sql_db"),
        ):
            first.execute("SET lock_timeout = '1s'")
            Life = self._env(first)["customer.life"]
            run = Life._take_run(Life.env.company)
            self.assertTrue(run)
            self._call()
            self.assertTrue(self._is_called_again())
            first.rollback()
        with self.registry.cursor() as cr:
            self.assertFalse(self._env(cr)["customer.life.run"].search([]))
        self._call()
        with self.registry.cursor() as cr:
            self.assertTrue(self._env(cr)["customer.life.run"].search([]).began_on)

    def _remove(self, env):
        env.company.lifecycle_followed = False
        partners = env["res.partner"].browse(self.people)
        env["crm.lead"].search([("partner_id", "in", partners.ids)]).unlink()
        env.cr.execute(SQL("DELETE FROM customer_life_run"))
        env.cr.execute(
            SQL(
                "DELETE FROM customer_milestone WHERE partner_id = ANY(%s)",
                partners.ids,
            )
        )
        env.cr.execute(
            SQL("DELETE FROM customer_life WHERE partner_id = ANY(%s)", partners.ids)
        )
        env.invalidate_all()
        partners.unlink()
