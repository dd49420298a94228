from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .lead_common import LeadRevenueCommon


@tagged("post_install", "-at_install")
class TestCrmLeadLife(LeadRevenueCommon):
    """From open to won, lost and open again, in other books and without a rate."""

    def test_lead_without_company(self):
        lead = self._create_lead(
            user_id=False, team_id=False, company_id=False,
            revenue_currency_id=self.eur.id, expected_revenue_customer=1000,
        )  # fmt: skip
        self.assertFalse(lead.company_id)
        self._assert_revenue(lead, self.eur, 1000, 8000)

    def test_other_books(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        lead.write({"company_id": self.company_us.id})
        self._assert_revenue(lead, self.eur, 1000, 1250)
        self.assertAlmostEqual(lead.revenue_rate, 0.8, 12)

    def test_copy_is_valued_today(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        lead.stage_id = self.won_stage
        self._add_rate(self.cny, 10.0, self.today)
        copy = lead.copy()
        self._assert_revenue(copy, self.eur, 1000, 10000)
        self._assert_revenue(lead, self.eur, 1000, 8000)

    def test_won_freezes_at_the_days_rate(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        self._add_rate(self.cny, 8.8, self.today)
        lead.stage_id = self.won_stage
        self.assertEqual(lead.won_status, "won")
        self._assert_revenue(lead, self.eur, 1000, 8800)
        self.env["res.currency.rate"].search([("name", "=", self.today)]).rate = 9.9
        lead.expected_revenue_customer = 2000
        self._assert_revenue(lead, self.eur, 2000, 17600)
        lead.expected_revenue = 8800
        self._assert_revenue(lead, self.eur, 1000, 8800)
        # opened again it follows the market again
        lead.write({"stage_id": self.open_stage.id, "probability": 20})
        self._assert_revenue(lead, self.eur, 1000, 9900)

    def test_lost_and_restored(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        self._add_rate(self.cny, 8.8, self.today)
        lead.action_set_lost()
        self._assert_revenue(lead, self.eur, 1000, 8000)
        lead.action_unarchive()
        self._assert_revenue(lead, self.eur, 1000, 8800)

    def test_archived_currency(self):
        lead = self._create_lead(expected_revenue=8000)
        kept = self._create_lead(
            revenue_currency_id=self.eur.id, expected_revenue_customer=100
        )
        self.eur.active = False
        with self.assertRaisesRegex(ValidationError, "EUR.*archived"):
            lead.revenue_currency_id = self.eur
        # what was agreed stays, at the last known rate; a copy starts anew
        kept.expected_revenue_customer = 200
        self._assert_revenue(kept, self.eur, 200, 1600)
        self._assert_revenue(kept.copy(), self.env["res.currency"], 0, 1600)
        new = self._create_lead(partner_id=self.customer_eur.id)
        self.assertFalse(new.revenue_currency_id)

    def test_no_rate_converts_nothing(self):
        lead = self._create_lead(partner_id=self.customer_gbp.id, expected_revenue=1000)
        self.assertEqual(lead.revenue_currency_id, self.gbp)
        self.assertFalse(lead.revenue_rate)
        self.assertIn("No exchange rate of GBP", lead.revenue_rate_warning)
        lead.expected_revenue_customer = 300
        self._assert_revenue(lead, self.gbp, 300, 1000)
        # a later rate says nothing about today
        self._add_rate(self.gbp, 0.8, self.today.replace(year=self.today.year + 1))
        lead.stage_id = self.won_stage
        self._assert_revenue(lead, self.gbp, 300, 1000)

    def test_tracking_tells_both_amounts_of_an_edit(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=100
        )
        self.flush_tracking()
        self.assertFalse(lead.message_ids.sudo().tracking_value_ids)
        lead.expected_revenue_customer = 200
        self.flush_tracking()
        self.assertEqual(
            set(lead.message_ids.sudo().tracking_value_ids.field_id.mapped("name")),
            {"expected_revenue", "expected_revenue_customer"},
        )

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()
