"""A company currency whose own technical rate is not 1 and changed over the years."""

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

    def test_a_branch_reads_the_same(self):
        self._set_rate(self.cny, "2021-01-01", 7.25)
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self._store()
        self._check(branch)
