from freezegun import freeze_time

from odoo.tests import tagged

from .common import RatesCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 12:00:00")
class TestRateTrend(RatesCommon):
    def _trend(self, currency, company=None):
        return (
            self.env["fx.rate.status"]
            .search(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "=", (company or self.company).id),
                ]
            )
            .trend
        )

    def test_last_thirty_days(self):
        for day, rate in (
            ("2026-01-10", 0.1),
            ("2026-03-02", 0.125),
            ("2026-03-19", 0.16),
            ("2026-03-25", 0.5),
        ):
            self._set_rate(self.usd, day, rate)
        self.assertEqual(self._trend(self.usd), [8.0, 6.25])
        self.assertFalse(self._trend(self.jpy))

    def test_technical_rate_and_shared_rates(self):
        self._set_rate(self.cny, "2026-01-01", 2.0)
        self.Rate.create(
            {"currency_id": self.usd.id, "company_id": False, "name": "2026-03-02"}
        ).rate = 0.25
        self._set_rate(self.usd, "2026-03-03", 0.5)
        self.assertEqual(self._trend(self.usd), [8.0, 4.0])

    def test_queries_do_not_grow_with_currencies(self):
        for currency in (self.usd, self.jpy, self.eur, self.kwd):
            self._set_rate(currency, "2026-03-02", 0.125)
        statuses = self.env["fx.rate.status"].search(
            [("company_id", "=", self.company.id)]
        )
        statuses.mapped("company_id.currency_id")
        self.env.flush_all()
        with self.assertQueryCount(2):
            statuses.mapped("trend")
