"""Two workers, two connections, one publisher: it is asked once."""

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ...models.rates import fx_rate_provider_fetching
from ..providers.common import ecb_xml, publisher

LOG = fx_rate_provider_fetching._logger.name


@tagged("post_install", "-at_install")
class TestWorkers(BaseCase):
    """On connections of their own, so what they commit is taken away again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.publisher = self.enterContext(publisher())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            # others that a demonstration has started would be asked as well
            others = env["fx.rate.provider"].search([])
            others.active = False
            parameters = env["ir.config_parameter"]
            self.hosts = parameters.get_param("multicurrency_crm.allowed_hosts")
            parameters.set_param("multicurrency_crm.allowed_hosts", "127.0.0.1")
            code = "USD" if env.company.currency_id.name != "USD" else "CNY"
            foreign = env["res.currency"].search(
                [("name", "=", code), ("active", "in", [True, False])]
            )
            provider = env["fx.rate.provider"].create(
                {
                    "name": "Raced for",
                    "service": "ecb",
                    "address": self.publisher.address,
                    "company_ids": [Command.set(env.company.ids)],
                    "currency_ids": [Command.set(foreign.ids)],
                }
            )
            self.ids = (provider.id, others.ids)
            day = provider._get_newest_allowed()
        self.addCleanup(self._take_away)
        file = ecb_xml({str(day): ["1.0840", "7.8154"]}, ("USD", "CNY"))
        for name in ("daily.xml", "hist-90d.xml"):
            self.publisher.answers[f"/eurofxref-{name}"] = file

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _provider(self, cr):
        return self._env(cr)["fx.rate.provider"].browse(self.ids[0])

    def _take_away(self):
        provider_id, other_ids = self.ids
        with self.registry.cursor() as cr:
            env = self._env(cr)
            # rates are kept for ten years: these never were anybody's
            for table, column in (
                ("res_currency_rate", "fx_provider_id"),
                ("fx_rate_named", "provider_id"),
            ):
                table, column = SQL.identifier(table), SQL.identifier(column)
                cr.execute(
                    SQL("DELETE FROM %s WHERE %s = %s", table, column, provider_id)
                )
            env["fx.rate.hold"].search([("provider_id", "=", provider_id)]).unlink()
            env["fx.rate.provider"].browse(provider_id).unlink()
            env["fx.rate.provider"].browse(other_ids).active = True
            env["ir.config_parameter"].set_param(
                "multicurrency_crm.allowed_hosts", self.hosts
            )

    def _run_cron(self, cr):
        self._env(cr)["fx.rate.provider"]._cron_fetch_rates()

    @mute_logger(LOG)
    def test_one_fetches_and_the_other_leaves_it_alone(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            provider = self._provider(mine)
            self.assertTrue(provider._take())
            runs = provider._fetch_companies(
                provider._get_served_companies(), "schedule"
            )
            next(runs)
            self.assertEqual(len(self.publisher.asked), 1)
            self._run_cron(yours)
            self.assertEqual(len(self.publisher.asked), 1)
            with self.assertRaisesRegex(UserError, "at this moment"):
                self._provider(yours).action_fetch()
            mine.commit()
            yours.rollback()
            # and when the first one is done, there is nothing left to do
            self._run_cron(yours)
            self.assertEqual(len(self.publisher.asked), 1)
            self.assertEqual(len(self._provider(yours).run_ids), 1)

    @mute_logger(LOG)
    def test_done_by_another_between_looking_and_taking(self):
        with self.registry.cursor() as yours:
            due = self._env(yours)["fx.rate.provider"]._search_due(
                self._env(yours)["fx.rate.provider"]
            )
            self.assertIn(self.ids[0], due.ids)
            with self.registry.cursor() as mine:
                self._run_cron(mine)
            yours.commit()
            self.assertFalse(self._provider(yours)._take())
