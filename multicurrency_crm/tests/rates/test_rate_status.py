"""What each company knows of each currency today."""

import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RatesCommon, eur_quotes
from .test_rate_age import moving

#: a Friday
TODAY = datetime.date(2026, 3, 6)


@tagged("post_install", "-at_install")
class TestRateStatus(RatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 08:00:00"))
        (cls.gbp, cls.chf) = cls._activate("GBP", "CHF")
        cls.company.rate_max_age = 5
        cls.Status = cls.env["fx.rate.status"]

    def _status(self, currency, company=None):
        company = company or self.company
        found = self.Status.with_context(allowed_company_ids=company.ids).search(
            [("company_id", "=", company.id), ("currency_id", "=", currency.id)]
        )
        found.invalidate_recordset()
        return found

    def test_one_row_a_main_company_and_foreign_currency(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        rows = self.Status.sudo().search([("company_id", "=", self.company.id)])
        active = self.env["res.currency"].search([])
        self.assertEqual(rows.currency_id, active - self.cny)
        self.assertEqual(len(rows), len(active) - 1)
        self.assertFalse(self.Status.sudo().search([("company_id", "=", branch.id)]))
        self.gbp.active = False
        self.assertFalse(self._status(self.gbp))

    def test_without_a_rate(self):
        status = self._status(self.gbp)
        self.assertTrue(status.is_stale)
        self.assertFalse(status.date)
        self.assertFalse(status.rate)
        self.assertFalse(status.is_manual)
        self.assertEqual(status.source, "No rate")
        self.assertIn(status, self.Status.search([("date", "=", False)]))

    def test_typed(self):
        self._set_rate(self.usd, "2026-03-02", 0.145)
        self._set_rate(self.usd, "2026-04-02", 0.2)  # a day to come
        status = self._status(self.usd)
        self.assertAlmostEqual(status.rate, 0.145)
        self.assertAlmostEqual(status.inverse_rate, 1 / 0.145)
        self.assertEqual(status.age_days, 4)
        self.assertFalse(status.is_stale)
        self.assertTrue(status.is_manual)
        self.assertFalse(status.provider_id)
        self.assertEqual(status.source, "Typed by hand")
        self.company.rate_max_age = 3
        self.assertTrue(self._status(self.usd).is_stale)
        self.assertIn(status, self.Status.search([("is_manual", "=", True)]))

    def test_fetched(self):
        self.provider.next_run = datetime.datetime(2026, 3, 9, 15)
        self.provider._store(eur_quotes(3, ("USD", "CNY"), datetime.date(2026, 3, 4)))
        status = self._status(self.usd)
        spot = self.usd._find_spot(self.company)[self.usd.id]
        self.assertAlmostEqual(status.rate, spot.rate, 12)
        self.assertEqual(status.date, TODAY)
        self.assertEqual(status.provider_id, self.provider)
        self.assertEqual(status.source, "Test ECB")
        self.assertEqual(status.kind, "mid")
        self.assertIn("USD", status.quoted)
        self.assertFalse(status.is_manual)
        self.assertEqual(status.next_expected, self.provider.next_run)
        # expected of the same provider, though it never came
        self.assertEqual(self._status(self.gbp).next_expected, self.provider.next_run)
        self.provider.currency_ids = self.usd
        self.assertFalse(self._status(self.gbp).next_expected)
        self.assertFalse(self._status(self.usd, self.other_company).ids)

    def test_as_odoo_converts(self):
        """Own rows hide shared ones; the company currency's own rate is divided out;
        a repeated shared rate is a typed one."""
        for rate, company in ((0.5, False), (0.145, self.company.id)):
            self.Rate.create(
                {
                    "currency_id": self.usd.id,
                    "company_id": company,
                    "name": "2026-03-02" if company else "2026-03-03",
                    "rate": rate,
                }
            )
        self.Rate.create(
            {"currency_id": self.jpy.id, "name": "2026-03-02", "rate": 21.0}
            | {"company_id": False}
        )
        self._set_rate(self.cny, "2026-03-01", 2.0)
        for currency in (self.usd, self.jpy):
            expected = self.env["res.currency"]._get_conversion_rate(
                self.cny, currency, self.company, TODAY
            )
            status = self._status(currency)
            self.assertAlmostEqual(status.rate, expected, 12)
            self.assertTrue(status.is_manual)

    def test_trend_and_volatility(self):
        rates = moving(TODAY, 500)
        self.Rate.create(
            [
                {
                    "currency_id": self.jpy.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in rates.items()
            ]
        )
        status = self._status(self.jpy)
        past = max(d for d in rates if d <= TODAY - datetime.timedelta(30))
        self.assertAlmostEqual(
            status.change_30_days, rates[past] / rates[TODAY] - 1, 10
        )
        self.assertAlmostEqual(status.volatility, self.jpy.volatility, 10)
        self.assertGreater(status.volatility, 0)

    def test_held(self):
        self.env["fx.rate.hold"]._hold(
            [
                {
                    "provider_id": self.provider.id,
                    "company_id": self.company.id,
                    "currency_id": self.chf.id,
                    "date": TODAY,
                    "rate": 12.0,
                    "reason": "jump",
                    "quoted": "1 EUR = 0.9 CHF",
                    "kind": "mid",
                }
            ]
        )
        held = self.Status.search([("held_count", ">", 0)])
        self.assertEqual(held.currency_id, self.chf)
        self.assertEqual(held.held_count, 1)

    def test_unconfirmed(self):
        self._set_rate(self.usd, "2026-03-02", 0.145)
        self.env.flush_all()
        self.cr.execute("UPDATE res_currency_rate SET fx_unconfirmed = TRUE")
        self.assertTrue(self._status(self.usd).is_unconfirmed)

    def test_opens_the_rates(self):
        self._set_rate(self.usd, "2026-03-02", 0.145)
        self._set_rate(self.eur, "2026-03-02", 0.125)
        action = self._status(self.usd).action_open_rates()
        self.assertEqual(self.Rate.search(action["domain"]).currency_id, self.usd)

    def _env(self, groups, company):
        user = new_test_user(
            self.env,
            f"watcher_{groups[-12:]}_{company.id}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    def test_roles_and_companies(self):
        user = self._env("multicurrency_crm.group_user", self.company)
        self.assertEqual(user["fx.rate.status"].search([]).company_id, self.company)
        self.assertEqual(
            user["fx.rate.status"].search_read([], ["provider_id"])[0]["provider_id"],
            False,
        )
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        north = self._env("multicurrency_crm.group_user", branch)
        self.assertEqual(
            north["fx.rate.status"].search([]).sudo().company_id, self.company
        )
        other = self._env("multicurrency_crm.group_manager", self.other_company)
        self.assertEqual(
            other["fx.rate.status"].search([]).company_id, self.other_company
        )
        plain = self._env("sales_team.group_sale_salesman", self.company)
        with self.assertRaises(AccessError):
            plain["fx.rate.status"].search([])

    def test_grouped_and_counted(self):
        groups = self.Status.formatted_read_group(
            [("company_id", "=", self.company.id)],
            ["provider_id"],
            ["__count", "held_count:sum", "age_days:max"],
        )
        self.assertEqual(len(groups), 1)
