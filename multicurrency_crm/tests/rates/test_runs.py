"""The log of fetches, how long it is kept, and the line of the digest."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RatesCommon, eur_quotes


@tagged("post_install", "-at_install")
class TestRuns(RatesCommon):
    def _create_run(self, days_ago, **values):
        moment = fields.Datetime.now() - timedelta(days_ago)
        return self.env["fx.rate.run"]._create_guarded(
            [
                {
                    "provider_id": self.provider.id,
                    "company_id": self.company.id,
                    "origin": "schedule",
                    "started_at": moment,
                    "finished_at": moment,
                    "state": "unchanged",
                    **values,
                }
            ]
        )

    def test_what_stored_nothing_is_forgotten_after_a_while(self):
        old, young = self._create_run(181), self._create_run(179)
        failed = self._create_run(200, state="failed", message="Gone.")
        stored = self._create_run(400, state="stored", stored=3)
        held = self._create_run(400, held=1)
        done, is_more = self.env["fx.rate.run"]._gc_runs()
        self.assertEqual((done, is_more), (2, False))
        self.assertFalse((old | failed).exists())
        self.assertEqual((young | stored | held).exists(), young | stored | held)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("multicurrency_crm.run_retention_days", "30")
        self.env["fx.rate.run"]._gc_runs()
        self.assertFalse(young.exists())

    def test_a_retention_that_is_none(self):
        for value in ("soon", "-3", "0", ""):
            self.env["ir.config_parameter"].set_param(
                "multicurrency_crm.run_retention_days", value
            )
            self.assertEqual(self.env["fx.rate.run"]._get_retention_days(), 180)

    def test_evidence_outlives_the_runs(self):
        quotes = eur_quotes(1, ("USD", "CNY"))
        day = quotes[0].date
        list(
            self.provider._book_companies(
                self.company, quotes, "file", (day, day), fields.Datetime.now()
            )
        )
        self.provider.run_ids.unlink()
        row = self.Rate.search([("currency_id", "=", self.usd.id)])
        self.assertEqual(row.fx_provider_id, self.provider)
        self.assertTrue(row.fx_quoted and row.fx_received_at)

    def test_digest_counts_currencies_without_a_fresh_rate(self):
        user = new_test_user(
            self.env,
            "reader",
            groups="multicurrency_crm.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        digest = self.env["digest.digest"].create(
            {
                "name": "Rates",
                "company_id": self.company.id,
                "kpi_fx_rates_late": True,
                "user_ids": [Command.set(user.ids)],
            }
        )
        foreign = self.env["res.currency"].search_count([]) - 1
        self.assertEqual(digest.kpi_fx_rates_late_value, foreign)
        self._set_rate(self.usd, fields.Date.today(), 0.14)
        digest.invalidate_recordset()
        self.assertEqual(digest.kpi_fx_rates_late_value, foreign - 1)
        kpis = digest._compute_kpis(self.company, user)
        [line] = [k for k in kpis if k["kpi_name"] == "kpi_fx_rates_late"]
        self.assertEqual(line["kpi_col1"]["value"], foreign - 1)
        self.assertTrue(line["kpi_action"])
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            digest.with_user(stranger).mapped("kpi_fx_rates_late_value")
        kpis = digest._compute_kpis(self.company, stranger)
        self.assertNotIn("kpi_fx_rates_late", [k["kpi_name"] for k in kpis])
