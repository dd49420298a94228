"""Rates kept by name, and the month's first rate in the books."""

import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import RatesCommon, eur_quote


def usd_quotes(figures):
    """Quotes of USD and CNY; {ISO date: figure of the dollar}."""
    return [
        quote
        for day, figure in figures.items()
        for quote in (eur_quote(day, "USD", figure), eur_quote(day, "CNY", "7.8000"))
    ]


@tagged("post_install", "-at_install")
class TestNamed(RatesCommon):
    def _name(self, **values):
        return self.env["fx.rate.named"].create(
            {
                "company_id": self.company.id,
                "currency_id": self.usd.id,
                "date": "2026-01-01",
                "kind": "budget",
                "rate": 0.14,
                **values,
            }
        )

    def test_tax_rates_stay_out_of_the_books(self):
        self.provider.purpose = "tax"
        self.provider._store(usd_quotes({"2026-03-02": "1.08"}))
        self.assertFalse(self.Rate.search([]))
        found = self.usd._find_named(self.company, "tax", "2026-03-04")
        self.assertEqual(found[self.usd.id].date, datetime.date(2026, 3, 2))
        self.assertEqual(found[self.usd.id].source, "Test ECB")
        self.assertEqual(self.usd._find_spot(self.company, "2026-03-04"), {})

    def test_constant_rates(self):
        self.provider._store(usd_quotes({"2025-03-03": "1.05", "2026-03-02": "1.08"}))
        self._name()
        found = self.usd._find_constant(self.company, "2026-03-31")
        self.assertEqual(found[self.usd.id].rate, 0.14)
        found = self.usd._find_constant(self.company, "2025-03-31")
        self.assertAlmostEqual(found[self.usd.id].rate, 1.05 / 7.8, 12)

    def test_typed_in_either_direction(self):
        named = self._name()
        named.inverse_rate = 8
        self.assertAlmostEqual(named.rate, 0.125)

    def test_typed_comes_before_a_provider(self):
        self.provider.purpose = "credit"
        self.provider._store(usd_quotes({"2026-03-02": "1.08"}))
        self._name(kind="credit", date="2026-03-02", rate=0.15)
        found = self.usd._find_named(self.company, "credit", "2026-03-02")
        self.assertEqual(found[self.usd.id].rate, 0.15)

    def test_branch_reads_its_root(self):
        self._name()
        north = self._create_company("North", self.cny, parent_id=self.company.id)
        found = self.usd._find_named(north, "budget", "2026-05-01")
        self.assertEqual(found[self.usd.id].rate, 0.14)
        with self.assertRaises(ValidationError):
            self._name(company_id=north.id)

    def test_own_currency_and_zero(self):
        with self.assertRaises(ValidationError):
            self._name(currency_id=self.cny.id)

    def test_roles(self):
        self._name()
        user = new_test_user(
            self.env,
            "reader",
            groups="base.group_user,multicurrency_crm.group_user",
            company_id=self.company.id,
        )
        named = self.env["fx.rate.named"].with_user(user).search([])
        self.assertEqual(len(named), 1)
        with self.assertRaises(AccessError):
            named.rate = 1
        other = new_test_user(
            self.env,
            "elsewhere",
            groups="base.group_user,multicurrency_crm.group_finance",
            company_id=self.other_company.id,
            company_ids=[(6, 0, self.other_company.ids)],
        )
        theirs = (
            self.env["fx.rate.named"]
            .with_user(other)
            .with_context(allowed_company_ids=self.other_company.ids)
        )
        self.assertFalse(theirs.search([]))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 18:00:00")
class TestMonth(RatesCommon):
    FIGURES = {
        "2026-01-29": "1.0700",
        "2026-01-30": "1.0710",
        "2026-02-02": "1.0720",
        "2026-02-03": "1.0730",
        "2026-03-02": "1.0740",
        "2026-03-03": "1.0750",
    }

    def _books(self):
        return {day: f"{rate * 7.8:.4f}" for day, rate in self._rates(self.usd).items()}

    def test_first_of_the_month_in_any_order(self):
        self.company.fx_booking_day = "first"
        expected = {
            "2026-01-01": "1.0700",
            "2026-02-01": "1.0720",
            "2026-03-01": "1.0740",
        }
        for days in (sorted(self.FIGURES), sorted(self.FIGURES, reverse=True)):
            self.Rate.search([]).unlink()
            self.env["fx.rate.named"].search([]).unlink()
            for day in days:
                self.provider._store(usd_quotes({day: self.FIGURES[day]}))
            self.assertEqual(self._books(), expected)
        daily = self.usd._find_named(self.company, "mid", "2026-02-10")
        self.assertAlmostEqual(daily[self.usd.id].rate, 1.073 / 7.8, 12)

    def test_last_before_the_month(self):
        self.company.fx_booking_day = "before"
        self.provider._store(usd_quotes(self.FIGURES))
        self.assertEqual(
            self._books(),
            {
                "2026-02-01": "1.0710",
                "2026-03-01": "1.0730",
                "2026-04-01": "1.0750",
            },
        )
        row = self.Rate.search(
            [("currency_id", "=", self.usd.id), ("name", "=", "2026-02-01")]
        )
        self.assertEqual(str(row.fx_published_on), "2026-01-30")

    def test_second_provider_fills_the_months_that_the_first_lacks(self):
        self.company.fx_booking_day = "first"
        second = self._create_provider(self.company, name="Second", sequence=99)
        second._store(usd_quotes(self.FIGURES))
        self.provider._store(usd_quotes({"2026-02-02": "1.0900"}))
        second._store(usd_quotes(self.FIGURES))
        self.assertEqual(
            self._books(),
            {"2026-01-01": "1.0700", "2026-02-01": "1.0900", "2026-03-01": "1.0740"},
        )
