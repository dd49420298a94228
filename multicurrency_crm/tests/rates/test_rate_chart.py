"""What the rate chart is given, and the chart itself in a browser."""

import datetime
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...engine.crossing import PlannedRate
from ...models.rates.res_currency_chart import MOST_POINTS
from ..common import TourCase
from .common import RatesCommon, eur_quote, eur_quotes


class ChartCommon(RatesCommon):
    def _user(self, groups, company=None, login="reader"):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _chart(self, currency=None, *period, company=None, groups=None):
        company = company or self.company
        user = self._user(groups or "multicurrency_crm.group_user", company)
        env = self.env(user=user, context={"allowed_company_ids": company.ids})
        return env["res.currency"].get_rate_chart(currency and currency.id, *period)

    def _points(self, chart, place=0):
        return [
            (str(point["date"]), point["rate"])
            for point in chart["series"][place]["points"]
        ]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 12:00:00")
class TestRateChart(ChartCommon):
    def test_booked_series(self):
        self.provider._store(eur_quotes(3, ("USD", "CNY")))
        self._set_rate(self.usd, "2026-03-09", 0.14)
        chart = self._chart(self.usd)
        self.assertEqual(chart["company"], "Harbour Export")
        self.assertEqual(chart["company_currency"]["name"], "CNY")
        self.assertEqual(str(chart["first"]), "2026-03-02")
        self.assertEqual(str(chart["last"]), "2026-03-09")
        self.assertFalse(chart["thinned"])
        [booked] = chart["series"]
        points = booked["points"]
        self.assertEqual(len(points), 4)
        self.assertEqual(points[0]["source"], "Test ECB")
        self.assertIn("1 EUR = 1.0713 USD", points[0]["quoted"])
        self.assertFalse(points[0]["typed"])
        self.assertEqual(points[3]["source"], "Typed by hand")
        self.assertTrue(points[3]["typed"])
        self.assertAlmostEqual(points[0]["rate"], 1.0713 / 4.1713, 12)

    def test_period(self):
        self.provider._store(eur_quotes(5, ("USD", "CNY")))
        chart = self._chart(self.usd, "2026-03-03", "2026-03-04")
        days = [day for day, _rate in self._points(chart)]
        self.assertEqual(days, ["2026-03-03", "2026-03-04"])
        self.assertEqual(str(chart["last"]), "2026-03-06")

    def test_technical_rate_is_divided_out(self):
        """Units of the currency for 1 CNY, whatever CNY's own row says."""
        self._set_rate(self.cny, "2026-01-01", 2.0)
        self._set_rate(self.usd, "2026-03-02", 0.28)
        self.assertEqual(self._points(self._chart(self.usd)), [("2026-03-02", 0.14)])

    def test_days_carried_on_are_no_points(self):
        self._set_rate(self.cny, "2026-01-01", 1.0)
        self.provider._store(
            [
                eur_quote("2026-03-02", "CNY", "8"),
                eur_quote("2026-03-02", "USD", "1"),
            ]
        )
        self._set_rate(self.cny, "2026-03-10", 2.0)
        self.assertEqual(len(self._rates(self.usd)), 2)
        self.assertEqual(self._points(self._chart(self.usd)), [("2026-03-02", 0.125)])

    def test_shared_rates_until_the_company_has_its_own(self):
        for day, rate, company in (
            ("2026-03-02", 0.13, False),
            ("2026-03-04", 0.14, self.company.id),
            ("2026-03-05", 0.15, False),
        ):
            self.Rate.create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": self.usd.id,
                    "company_id": company,
                }
            )
        self.assertEqual(
            self._points(self._chart(self.usd)),
            [("2026-03-02", 0.13), ("2026-03-04", 0.14)],
        )

    def test_other_sources_are_series_of_their_own(self):
        self._set_rate(self.usd, "2026-03-02", 0.14)
        Named = self.env["fx.rate.named"]
        values = {"currency_id": self.usd.id, "company_id": self.company.id}
        Named.create({**values, "date": "2026-01-01", "kind": "budget", "rate": 0.15})
        Named._store_published(
            self.provider,
            self.company,
            [
                PlannedRate(
                    self.usd.id, day, Decimal("0.141"), "1 USD = 7.0922 CNY", "mid", day
                )
                for day in (datetime.date(2026, 3, 3), datetime.date(2026, 3, 2))
            ],
        )
        chart = self._chart(self.usd)
        self.assertEqual(
            [series["label"] for series in chart["series"]],
            ["Booked", "Typed by hand: Budget rate", "Test ECB: Middle"],
        )
        self.assertTrue(chart["series"][1]["points"][0]["typed"])
        self.assertEqual(
            self._points(chart, 2), [("2026-03-02", 0.141), ("2026-03-03", 0.141)]
        )
        self.assertEqual(len(self._chart_other()["series"]), 1)

    def test_a_plan_holds_until_the_next(self):
        """The one before the period counts, older ones and another's later don't."""
        self._set_rate(self.usd, "2026-03-02", 0.14)
        self.env["fx.rate.named"].create(
            [
                {
                    "currency_id": self.usd.id,
                    "company_id": self.company.id,
                    "date": day,
                    "kind": kind,
                    "rate": rate,
                }
                for day, kind, rate in (
                    ("2025-01-01", "budget", 0.15),
                    ("2026-01-01", "budget", 0.16),
                    ("2026-03-10", "budget", 0.17),
                    ("2026-04-01", "budget", 0.18),
                    ("2026-01-02", "sell", 0.19),
                )
            ]
        )
        chart = self._chart(self.usd, "2026-03-01", "2026-03-20")
        booked, budget = chart["series"]
        self.assertFalse(booked["holds"])
        self.assertTrue(budget["holds"])
        self.assertEqual(
            self._points(chart, 1), [("2026-01-01", 0.16), ("2026-03-10", 0.17)]
        )

    def _chart_other(self):
        user = self._user("multicurrency_crm.group_user", self.other_company, "other")
        env = self.env(user=user, context={"allowed_company_ids": user.company_ids.ids})
        return env["res.currency"].get_rate_chart(self.eur.id)

    def test_first_currency_with_rates_is_shown(self):
        self._set_rate(self.kwd, "2026-03-02", 0.043)
        self.kwd.active = False
        chart = self._chart()
        self.assertEqual(chart["currency"]["name"], "KWD")
        choices = {one["name"]: one["has_rates"] for one in chart["currencies"]}
        self.assertNotIn("CNY", choices)
        self.assertFalse(choices["USD"])
        self.assertTrue(choices["KWD"])

    def test_nothing_to_show(self):
        chart = self._chart(self.usd)
        self.assertFalse(chart["first"])
        self.assertEqual(self._points(chart), [])

    def test_no_other_currency(self):
        used = self.env["res.company"].search([]).currency_id
        (self.env["res.currency"].search([]) - used).active = False
        self.assertFalse(
            self.env["res.currency"]._get_chart_currency(self.usd.id, choices=[])
        )

    def test_another_companys_rates(self):
        self._set_rate(self.eur, "2026-03-02", 0.9, self.other_company)
        self.assertEqual(self._points(self._chart(self.eur)), [])
        self.assertEqual(self._points(self._chart_other()), [("2026-03-02", 0.9)])

    def test_branch_sees_the_rates_of_its_root(self):
        self._set_rate(self.usd, "2026-03-02", 0.14)
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        chart = self._chart(self.usd, company=branch)
        self.assertEqual(chart["company"], "North")
        self.assertEqual(self._points(chart), [("2026-03-02", 0.14)])

    def test_without_our_groups(self):
        with self.assertRaisesRegex(AccessError, "users of Multi-currency"):
            self._chart(self.usd, groups="account.group_account_manager")

    def test_long_history_is_thinned_and_costs_no_more_queries(self):
        start = datetime.date(2010, 1, 1)
        days = [start + datetime.timedelta(day) for day in range(4_000)]
        quotes = [eur_quote(day, "CNY", "8") for day in days]
        quotes += [
            eur_quote(day, "USD", Decimal("1.1") + Decimal(place % 9) / 100)
            for place, day in enumerate(days)
        ]
        self.provider._store_for(self.company, quotes, checked=False)
        typed = self.Rate.search(
            [("currency_id", "=", self.usd.id), ("name", "=", "2010-02-03")]
        )
        typed.rate = 0.2
        self.env.flush_all()
        user = self._user("multicurrency_crm.group_user")
        env = self.env(user=user, context={"allowed_company_ids": self.company.ids})
        currencies = env["res.currency"]
        currencies.get_rate_chart(self.usd.id, "2010-03-01", "2010-03-02")
        env.invalidate_all()
        with self.assertQueryCount(12):
            chart = currencies.get_rate_chart(self.usd.id)
        points = chart["series"][0]["points"]
        self.assertTrue(chart["thinned"])
        self.assertLessEqual(len(points), MOST_POINTS + 1)
        self.assertIn(typed.name, [point["date"] for point in points])


@tagged("post_install", "-at_install")
class TestRateChartBrowser(ChartCommon, TourCase):
    def test_tour(self):
        today = datetime.date.today()
        self._set_rate(self.usd, today - datetime.timedelta(9), 0.14)
        self._set_rate(self.usd, today - datetime.timedelta(2), 0.1404)
        self._set_rate(self.jpy, today - datetime.timedelta(60), 21.0)
        self._user("multicurrency_crm.group_user", login="charter")
        self.start_tour("/odoo", "multicurrency_crm_rate_chart", login="charter")
