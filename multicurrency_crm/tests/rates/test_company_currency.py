"""A company currency whose own technical rate is not 1 and changed over the years."""

from freezegun import freeze_time

from odoo.tests import tagged

from .common import RatesCommon, eur_quote

DAYS = {"2019-06-03": "7.70", "2022-06-01": "7.10", "2026-03-02": "7.80"}


@tagged("post_install", "-at_install")
class TestCompanyCurrency(RatesCommon):
    def _store(self):
        self.provider._store(
            [
                eur_quote(day, code, value)
                for day, cny in DAYS.items()
                for code, value in (("CNY", cny), ("USD", "1.08"), ("JPY", "160"))
            ]
        )

    def _check(self, company=None):
        """On each day any pair converts at that day's cross."""
        for day, cny in DAYS.items():
            for currency, value in ((self.usd, 1.08), (self.jpy, 160), (self.eur, 1)):
                with self.subTest(day=day, currency=currency.name):
                    expected = value / float(cny)
                    rate = currency._get_conversion_rate(
                        self.cny, currency, company or self.company, day
                    )
                    self.assertAlmostEqual(rate, expected, delta=expected * 1e-12)
                    spot = currency._find_spot(company or self.company, day)
                    self.assertAlmostEqual(
                        spot[currency.id].rate, expected, delta=expected * 1e-12
                    )
            rate = self.usd._get_conversion_rate(self.usd, self.jpy, self.company, day)
            self.assertAlmostEqual(rate, 160 / 1.08, delta=1e-9)

    def test_own_rates_over_the_years(self):
        self._set_rate(self.cny, "2018-01-01", 6.5)
        self._set_rate(self.cny, "2021-01-01", 7.25)
        self._set_rate(self.cny, "2025-01-01", 7.75)
        self._store()
        self._check()
        usd = self._rates(self.usd)
        self.assertAlmostEqual(usd["2019-06-03"], 1.08 / 7.70 * 6.5, 12)
        self.assertAlmostEqual(usd["2022-06-01"], 1.08 / 7.10 * 7.25, 12)
        self.assertAlmostEqual(usd["2026-03-02"], 1.08 / 7.80 * 7.75, 12)
        self.assertEqual(len(self._rates(self.cny)), 3, "none of ours for CNY itself")

    def test_shared_rate_of_the_company_currency(self):
        self.Rate.create(
            {
                "currency_id": self.cny.id,
                "company_id": False,
                "name": "2020-01-01",
                "rate": 7.6,
            }
        )
        self._store()
        self._check()

    def test_own_rate_later_than_some_quotes(self):
        """Before its first row Odoo uses that row, and shared ones before own."""
        self._set_rate(self.cny, "2021-01-01", 7.25)
        self._store()
        self._check()

    def test_shared_before_own(self):
        self.Rate.create(
            {
                "currency_id": self.cny.id,
                "company_id": False,
                "name": "2018-01-01",
                "rate": 6.5,
            }
        )
        self._set_rate(self.cny, "2021-01-01", 7.25)
        self._store()
        self._check()

    def _type(self, day, rate, company=None):
        return self.Rate.create(
            {
                "currency_id": self.cny.id,
                "company_id": company and company.id,
                "name": day,
                "rate": rate,
            }
        )

    def _store_two_days(self, days=("2026-02-27", "2026-03-02")):
        """A Friday and the Monday after it."""
        usd = {"2026-02-27": "1.2", "2026-03-02": "1.3"}
        cny = {"2026-02-27": "7.8", "2026-03-02": "7.7"}
        return self.provider._store(
            [
                eur_quote(day, code, values[day])
                for day in days
                for code, values in (("USD", usd), ("CNY", cny))
            ]
        )

    def assertEveryDay(self, last_monday=True):
        """Friday's cross from Friday to Sunday, then Monday's."""
        for day in ("02-27", "02-28", "03-01", "03-02", "03-03", "03-20"):
            monday = last_monday and day >= "03-02"
            usd, cny = (1.3, 7.7) if monday else (1.2, 7.8)
            for pair, expected in (
                ((self.cny, self.usd), usd / cny),
                ((self.usd, self.cny), cny / usd),
                ((self.eur, self.usd), usd),
                ((self.eur, self.cny), cny),
            ):
                rate = self.usd._get_conversion_rate(*pair, self.company, f"2026-{day}")
                self.assertAlmostEqual(rate, expected, 12, (day, pair))

    def test_changed_on_a_sunday(self):
        self._type("2020-01-01", 6.5, self.company)
        self._type("2026-03-01", 8.0, self.company)
        self._store_two_days()
        self.assertEveryDay()
        carried = self.Rate.search([("fx_carried_from", "!=", False)])
        self.assertEqual(carried.currency_id, self.usd + self.eur)
        self.assertEqual(
            carried.filtered(lambda r: r.currency_id == self.usd).fx_quoted,
            "1 EUR = 1.2 USD; 1 EUR = 7.8 CNY (2026-02-27)",
        )

        spot = self.usd._find_spot(self.company, "2026-03-01")[self.usd.id]
        self.assertEqual(str(spot.date), "2026-02-27", "the day of publication")

    def test_changed_after_the_fetch(self):
        for company in (self.company, None):
            with self.subTest(company=company and company.name):
                first = self._type("2020-01-01", 6.5, company)
                self._store_two_days()
                change = self._type("2026-03-01", 8.0, company)
                self.assertEveryDay()
                change.rate = 9.0
                self.assertEveryDay()
                change.name = "2026-02-28"
                self.assertEveryDay()
                change.name = "2026-03-10"
                self.assertEveryDay()
                change.unlink()
                self.assertEveryDay()
                first.unlink()
                self.assertEveryDay()
                self.assertFalse(self.Rate.search([("fx_carried_from", "!=", False)]))

    def test_changed_on_the_day_of_a_late_publication(self):
        """Monday's row is carried first, then published: it isn't taken for fetched."""
        self._store_two_days(["2026-02-27"])
        self._type("2020-01-01", 6.5, self.company)
        self._type("2026-03-02", 8.0, self.company)
        self.assertEveryDay(last_monday=False)
        self.assertIn("2026-03-02", self._rates(self.usd))
        with freeze_time("2026-03-02 09:00:00"):
            missing = self.provider._get_missing_from(self.company)
        self.assertLessEqual(str(missing), "2026-02-28")
        [result] = self._store_two_days(["2026-03-02"]).values()
        self.assertEqual((result.written, result.kept), (2, 0))
        self.assertEveryDay()
        [result] = self._store_two_days().values()
        self.assertEqual((result.written, result.unchanged), (0, 4))

    def test_typed_rates_stay_as_typed(self):
        self._store_two_days()
        typed = self._set_rate(self.usd, "2026-02-28", 0.5)
        self._type("2026-03-01", 8.0, self.company)
        self.assertEqual(self._rates(self.usd)["2026-02-28"], 0.5)
        self.assertNotIn("2026-03-01", self._rates(self.usd))
        self.assertFalse(typed and typed.fx_base_rate)

    def test_other_currencies_cost_nothing(self):
        self._store_two_days()
        self.patch(
            type(self.Rate), "_rebase", lambda *args: self.fail("no rate of a base")
        )
        rate = self._set_rate(self.jpy, "2026-02-28", 21)
        self.jpy.rate_ids.rate = 22
        self.jpy.rate_ids.unlink()
        self.assertFalse(rate and rate.exists())

    def test_a_branch_reads_the_same(self):
        self._set_rate(self.cny, "2021-01-01", 7.25)
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self._store()
        self._check(branch)
