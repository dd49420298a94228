"""Who may read, fetch and configure; and people without any of our groups."""

import base64

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..providers.common import fixture
from .common import LoopbackCommon, eur_quotes

ROWS = {"2026-03-06": ["1.0840", "7.8154"]}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestAccess(LoopbackCommon):
    def setUp(self):
        super().setUp()
        self.serve(ROWS)

    def _env(self, groups, company=None):
        company = company or self.company
        user = new_test_user(
            self.env,
            f"user_{groups[-24:]}_{company.id}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    def test_user_reads(self):
        env = self._env("multicurrency_crm.group_user")
        provider = self.provider.with_env(env)
        self.assertEqual(provider.read(["name", "state"])[0]["state"], "new")
        self.assertEqual(env["fx.rate.run"].search_count([]), 0)
        for attempt in (
            provider.action_fetch,
            provider.action_start,
            lambda: provider.write({"name": "Mine"}),
            lambda: provider.create({"name": "Mine"}),
            lambda: env["fx.rate.run"].create({}),
            lambda: env["fx.rate.backfill"].create({"provider_id": provider.id}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_finance_fetches_and_uploads(self):
        env = self._env("multicurrency_crm.group_finance")
        provider = self.provider.with_env(env)
        provider.action_fetch()
        self.assertEqual(env["fx.rate.run"].search([]).company_id, self.company)
        env["fx.rate.backfill"].create(
            {
                "provider_id": provider.id,
                "origin": "file",
                "file": base64.b64encode(fixture("ecb/eurofxref-daily.xml")),
            }
        ).action_write()
        with self.assertRaises(AccessError):
            provider.write({"name": "Mine"})

    def test_manager_configures_but_not_the_address(self):
        env = self._env("multicurrency_crm.group_manager")
        provider = self.provider.with_env(env)
        provider.write({"name": "Bank", "interval_number": 2})
        provider.action_start()
        with self.assertRaises(AccessError):
            provider.write({"address": "https://www.ecb.europa.eu/x/"})
        with self.assertRaises(AccessError):
            provider.read(["address"])
        admin = self._env("multicurrency_crm.group_manager,base.group_system")
        self.provider.with_env(admin).address = "https://www.ecb.europa.eu/x/"

    def test_another_company(self):
        """Neither its provider nor its log, nor a fetch for it."""
        self.provider.action_fetch()
        env = self._env("multicurrency_crm.group_manager", self.other_company)
        self.assertFalse(env["fx.rate.run"].search([]))
        found = env["fx.rate.provider"].search([])
        self.assertNotIn(self.provider.id, found.ids)
        with self.assertRaises(AccessError):
            self.provider.with_env(env).action_fetch()
        self.provider.company_ids += self.other_company
        self.env.flush_all()
        self.provider.with_env(env).action_fetch()
        self.assertEqual(env["fx.rate.run"].search([]).company_id, self.other_company)

    def test_branch_user_fetches_for_the_root(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        env = self._env("multicurrency_crm.group_finance", branch)
        self.provider.with_env(env).action_fetch()
        self.assertTrue(self._rates(self.usd))
        self.assertEqual(env["fx.rate.run"].search([]).company_id.id, self.company.id)

    def test_provider_that_serves_nobody(self):
        env = self._env("multicurrency_crm.group_finance")
        self.provider.company_ids = False
        with self.assertRaisesRegex(UserError, "press Start"):
            self.provider.with_env(env).action_fetch()

    def test_accountant_without_our_groups(self):
        """Sees fetched rates with their provider's name, types and corrects rates."""
        self.provider._store(eur_quotes(1, ("USD", "CNY")))
        env = self._env("account.group_account_manager")
        row = env["res.currency.rate"].search([("currency_id", "=", self.usd.id)])
        values = row.web_read({"fx_provider_id": {"fields": {"display_name": {}}}})
        self.assertEqual(values[0]["fx_provider_id"]["display_name"], "Test ECB")
        row.rate = 0.2
        self.assertFalse(row.fx_provider_id)
        env["res.currency.rate"].create(
            {"currency_id": self.usd.id, "company_id": False, "name": "2026-03-09"}
        ).rate = 0.3
        with self.assertRaises(AccessError):
            env["fx.rate.provider"].search([])

    def test_salesperson_without_our_groups(self):
        env = self._env("sales_team.group_sale_salesman")
        self._set_rate(self.usd, "2026-01-01", 0.14)
        spot = self.usd.with_env(env)._find_spot(self.company.with_env(env))
        self.assertEqual(spot[self.usd.id].rate, 0.14)
