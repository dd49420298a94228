"""How old a currency's rate is, and how much it moves."""

import datetime
import math
import random

from freezegun import freeze_time

from odoo import Command
from odoo.tests import BaseCase, new_test_user, tagged

from ...engine import volatility
from ...engine.working_days import count_working_days
from .common import RatesCommon, eur_quotes

#: a Friday
TODAY = datetime.date(2026, 3, 6)


class TestWorkingDays(BaseCase):
    def test_weekends(self):
        friday = TODAY
        for days, expected in ((0, 0), (1, 0), (2, 0), (3, 1), (7, 5), (-1, -1)):
            end = friday + datetime.timedelta(days)
            self.assertEqual(count_working_days(friday, end), expected, end)

    def test_against_counting(self):
        chance = random.Random(3)
        for _n in range(200):
            start = datetime.date(1, 1, 1) + datetime.timedelta(
                chance.randrange(800000)
            )
            days = chance.randrange(40)
            expected = sum(
                (start + datetime.timedelta(n)).weekday() < 5
                for n in range(1, days + 1)
            )
            found = count_working_days(start, start + datetime.timedelta(days))
            self.assertEqual(found, expected)


def moving(start, days, first=7.1, step=0.004):
    """Rates of so many days up to ``start``, one a working day: made up."""
    found, rate = {}, first
    for n in reversed(range(days)):
        day = start - datetime.timedelta(n)
        if day.weekday() < 5:
            rate *= math.exp(step * math.sin(n * 1.7))
            found[day] = rate
    return found


@tagged("post_install", "-at_install")
class TestRateAge(RatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 08:00:00"))
        (cls.gbp,) = cls._activate("GBP")
        cls.company.rate_max_age = 5
        cls._set_rate(cls.usd, "2026-03-02", 0.145)
        cls._set_rate(cls.eur, "2026-02-20", 0.125)

    def test_age(self):
        for currency, age, is_stale in (
            (self.cny, 0, False),
            (self.usd, 4, False),
            (self.eur, 14, True),
            (self.gbp, 0, True),
        ):
            self.assertEqual(currency.rate_age_days, age, currency.name)
            self.assertEqual(currency.rate_is_stale, is_stale, currency.name)

    def test_follows_the_rates(self):
        self.assertTrue(self.eur.rate_is_stale)
        self._set_rate(self.eur, TODAY, 0.125)
        self.assertFalse(self.eur.rate_is_stale)
        self.provider._store(eur_quotes(1, ("CNY", "GBP"), TODAY))
        self.assertFalse(self.gbp.rate_is_stale)

    def test_by_company(self):
        other = self.usd.with_company(self.other_company)
        self.assertFalse(other.rate_is_stale)
        self.assertTrue(self.eur.with_company(self.other_company).rate_is_stale)
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self.assertEqual(self.usd.with_company(branch).rate_age_days, 4)

    def test_search(self):
        Currency = self.env["res.currency"].with_context(active_test=False)
        stale = Currency.search([("rate_is_stale", "=", True)])
        self.assertIn(self.eur, stale)
        self.assertIn(self.gbp, stale)
        fresh = Currency.search([("rate_is_stale", "!=", True)])
        self.assertEqual(fresh, self.cny | self.usd)
        self.assertEqual(len(stale | fresh), Currency.search_count([]))

    def test_volatility_is_the_engines(self):
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
        since = TODAY - datetime.timedelta(365)
        recent = {day: rate for day, rate in rates.items() if day > since}
        expected = volatility.annualised(volatility.daily(recent))
        self.assertAlmostEqual(self.jpy.volatility, expected, 10)
        self.assertFalse(self.usd.volatility)
        self.assertFalse(self.cny.volatility)
        self.assertFalse(self.jpy.with_company(self.other_company).volatility)

    def test_the_company_currencys_own_rate_is_divided_out(self):
        """A technical rate that jumps at New Year moves no currency."""
        self._set_rate(self.cny, "2025-01-01", 1.0)
        self._set_rate(self.cny, "2026-01-01", 2.0)
        for n, (day, rate) in enumerate(moving(TODAY, 200, 1.0, 0.0).items()):
            self._set_rate(self.jpy, day, rate * (2 if day.year == 2026 else 1))
            del n
        self.assertAlmostEqual(self.jpy.volatility, 0.0)

    def test_queries_do_not_grow(self):
        currencies = self.env["res.currency"].search([])
        self.assertGreater(len(currencies), 5)
        currencies.mapped("volatility")
        currencies.mapped("rate_age_days")
        currencies.invalidate_recordset(
            ["volatility", "rate_age_days", "rate_is_stale"]
        )
        self.env.flush_all()
        with self.assertQueryCount(3):
            currencies.mapped("volatility")
            currencies.mapped("rate_age_days")

    def test_read_by_a_user_of_a_branch(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        user = new_test_user(
            self.env,
            "north",
            groups="base.group_user",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        usd = self.usd.with_user(user).with_company(branch)
        self.assertEqual(usd.rate_age_days, 4)
        self.assertFalse(usd.rate_is_stale)
        self.assertFalse(usd.volatility)
