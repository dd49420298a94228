"""What Odoo's table says, and where it says nothing."""

from odoo.tests import tagged

from .common import RatesCommon, eur_quotes


@tagged("post_install", "-at_install")
class TestSpot(RatesCommon):
    def _spot(self, currency, date="2026-03-02", company=None):
        return currency._find_spot(company or self.company, date).get(currency.id)

    def test_no_rate_at_all(self):
        """A fresh database has none, and Odoo would convert at 1.0."""
        self.assertEqual(self.usd._find_spot(self.company, "2026-03-02"), {})
        self.assertEqual(self.env["res.currency"]._find_spot(self.company), {})

    def test_a_later_rate_is_no_rate(self):
        self._set_rate(self.usd, "2026-03-03", 0.14)
        self.assertIsNone(self._spot(self.usd))

    def test_newest_of_the_day_or_before(self):
        self._set_rate(self.usd, "2026-02-01", 0.13)
        self._set_rate(self.usd, "2026-03-01", 0.14)
        self._set_rate(self.usd, "2026-03-03", 0.15)
        spot = self._spot(self.usd)
        self.assertEqual((spot.rate, str(spot.date)), (0.14, "2026-03-01"))
        self.assertEqual(spot.source, "Typed by hand")  # by nobody in particular

    def test_fetched_rate_names_its_provider(self):
        self.provider._store(eur_quotes(1, ("USD", "CNY")))
        self.assertEqual(self._spot(self.usd).source, "Test ECB")

    def test_company_currency_itself(self):
        spot = self._spot(self.cny)
        self.assertEqual((spot.rate, str(spot.date)), (1.0, "2026-03-02"))

    def test_own_rates_hide_shared_ones(self):
        shared = {"currency_id": self.usd.id, "company_id": False, "rate": 0.5}
        self.Rate.create({**shared, "name": "2026-03-01"})
        self.assertEqual(self._spot(self.usd).rate, 0.5)
        self._set_rate(self.usd, "2026-01-01", 0.14)
        self.assertEqual(self._spot(self.usd).rate, 0.14)

    def test_the_same_again_is_a_rate(self):
        """Odoo stores nothing of a price that equals the one before, and converts at
        the oldest rate there is."""
        self._set_rate(self.usd, "2026-02-01", 0.5)
        for day in ("2026-02-27", "2026-03-01"):
            row = self.Rate.create(
                {
                    "currency_id": self.usd.id,
                    "company_id": self.company.id,
                    "name": day,
                    "inverse_company_rate": 7.0,
                }
            )
            self.env.flush_all()
            row.invalidate_recordset()
            self.assertAlmostEqual(row.rate, 1 / 7.0)
        self.assertAlmostEqual(self._spot(self.usd).rate, 1 / 7.0)
        untyped = self.Rate.create(
            {
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "name": "2026-03-02",
            }
        )
        self.assertAlmostEqual(untyped.rate, 1 / 7.0)

    def test_a_row_without_a_rate_is_none(self):
        """Written past the ORM, or before this addon was installed."""
        row = self._set_rate(self.usd, "2026-03-01", 0.5)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_currency_rate SET rate = NULL WHERE id = %s", [row.id]
        )
        self.env.invalidate_all()
        self.assertIsNone(self._spot(self.usd))
        self.assertFalse(self.usd._find_recent_rates(self.company, 3650))
        self.assertFalse(
            self.usd._get_technical_rates(self.company, {row.name}) == {row.name: None}
        )

    def test_each_company_has_its_own(self):
        self._set_rate(self.eur, "2026-01-01", 0.125)
        self.assertIsNone(self._spot(self.eur, company=self.other_company))
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self.assertEqual(self._spot(self.eur, company=branch).rate, 0.125)

    def test_one_query_for_any_number(self):
        for currency in (self.usd, self.eur, self.jpy, self.kwd):
            self._set_rate(currency, "2026-01-01", 0.5)
        currencies = self.usd | self.eur | self.jpy | self.kwd | self.cny
        currencies._find_spot(self.company, "2026-03-02")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(len(currencies._find_spot(self.company, "2026-03-02")), 5)

    def test_same_as_odoo_converts(self):
        self._set_rate(self.cny, "2025-01-01", 7.8)
        self._set_rate(self.jpy, "2026-01-01", 160)
        self._set_rate(self.kwd, "2026-01-01", 0.334)
        for currency in (self.jpy, self.kwd):
            rate = currency._get_conversion_rate(
                self.cny, currency, self.company, "2026-03-02"
            )
            spot = self._spot(currency).rate
            self.assertAlmostEqual(spot, rate, delta=rate * 1e-14)
