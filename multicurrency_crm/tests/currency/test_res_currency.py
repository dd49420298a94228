from odoo.tests import tagged

from .lead_common import LeadRevenueCommon


@tagged("post_install", "-at_install")
class TestResCurrencyKnown(LeadRevenueCommon):
    def test_currencies_with_a_rate(self):
        """Shared and own rows count, later ones and another company's don't."""
        yen_later = self.jpy.rate_ids
        yen_later.name = self.today.replace(year=self.today.year + 1)
        self._add_rate(self.gbp, 0.8, self.last_week, self.company_us)
        branch = self.env["res.company"].create(
            {"name": "American Branch", "parent_id": self.company_us.id}
        )
        asked = self.gbp | self.cny | self.jpy | self.eur | self.usd
        for company, known in (
            (self.company, self.cny | self.eur | self.usd),
            (branch, self.gbp | self.cny | self.eur | self.usd),
        ):
            self.assertEqual(asked._has_rate_on(company, self.today), known)
            rates = asked._get_known_rates(company, str(self.today))
            self.assertEqual(set(rates), set(known.ids))
            self.assertEqual(rates[company.currency_id.id], 1.0)
        self.cny.rate_ids.unlink()
        self.assertIn(self.cny, asked._has_rate_on(self.company, self.today))
        self.assertFalse(self.env["res.currency"]._get_known_rates(branch, self.today))
