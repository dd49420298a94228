from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .lead_common import LeadRevenueCommon


@tagged("post_install", "-at_install")
class TestCrmLeadRevenue(LeadRevenueCommon):
    """The salesperson here has Odoo's own Sales rights and none of ours."""

    # === NOTHING CHOSEN: ODOO'S OWN === #

    def test_plain_customer_is_core(self):
        lead = self._create_lead(
            partner_id=self.customer_plain.id, expected_revenue=1234.56
        )
        self._assert_revenue(lead, self.env["res.currency"], 0, 1234.56)
        self.assertFalse(lead.revenue_rate)
        self.assertFalse(lead.revenue_rate_warning)
        lead.expected_revenue = 99.99
        lead.stage_id = self.won_stage
        self._assert_revenue(lead, self.env["res.currency"], 0, 99.99)

    def test_preference_for_the_books_currency_is_core(self):
        customer = self._create_customer("Shanghai Lamps", self.cny)
        lead = self._create_lead(partner_id=customer.id, expected_revenue=100)
        self._assert_revenue(lead, self.env["res.currency"], 0, 100)

    def test_plain_leads_cost_no_query(self):
        """Asking 20 new customers for a preference that they don't have is free."""
        Lead = self.env["crm.lead"].with_user(self.salesperson)
        partners = self.env["res.partner"].create(
            [{"name": f"Domestic {i}"} for i in range(20)]
        )

        def create_and_win(batch):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            leads = Lead.create(
                [
                    {
                        "name": partner.name,
                        "partner_id": partner.id,
                        "expected_revenue": 10,
                        "company_id": self.company.id,
                    }
                    for partner in batch
                ]
            )
            leads.write({"expected_revenue": 20})
            leads.write({"stage_id": self.won_stage.id})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        create_and_win(partners)  # warm caches
        asked = min(create_and_win(partners), create_and_win(partners))
        self.patch(
            self.registry["res.partner"],
            "_get_preferred_currency",
            lambda partner, company: partner.env["res.currency"],
        )
        unasked = min(create_and_win(partners), create_and_win(partners))
        self.assertEqual(asked, unasked)

    # === FROM THE CUSTOMER === #

    def test_customer_currency_and_amount(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=12000
        )
        self._assert_revenue(lead, self.eur, 12000, 96000)
        self.assertAlmostEqual(lead.revenue_rate, 0.125, 12)
        self.assertEqual(lead.revenue_rate_date, self.today)
        lead.expected_revenue_customer = 10000
        self._assert_revenue(lead, self.eur, 10000, 80000)

    def test_contact_follows_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Uwe Docht", "parent_id": self.customer_eur.id}
        )
        lead = self._create_lead(partner_id=contact.id)
        self.assertEqual(lead.revenue_currency_id, self.eur)

    def test_preference_is_per_company(self):
        customer = self._create_customer("Two Faces", self.eur, [self.company])
        customer.with_company(self.company_us).preferred_currency_id = self.jpy
        self.assertEqual(
            self._create_lead(partner_id=customer.id).revenue_currency_id, self.eur
        )
        lead = self._create_lead(
            partner_id=customer.id,
            company_id=self.company_us.id,
            expected_revenue_customer=12800,
        )
        self._assert_revenue(lead, self.jpy, 12800, 100)

    def test_changed_preference_moves_no_lead(self):
        lead = self._create_lead(partner_id=self.customer_eur.id)
        self.customer_eur.with_company(self.company).preferred_currency_id = self.jpy
        self.env.flush_all()
        lead.invalidate_recordset()
        self.assertEqual(lead.revenue_currency_id, self.eur)

    def test_company_amount_at_creation(self):
        """An import or quick creation gives core's field only."""
        lead = self._create_lead(partner_id=self.customer_eur.id, expected_revenue=8000)
        self._assert_revenue(lead, self.eur, 1000, 8000)

    def test_quick_creation_by_commercial_partner(self):
        lead = self._create_lead(
            commercial_partner_id=self.customer_eur.id, expected_revenue=8000
        )
        self.assertEqual(lead.partner_id, self.customer_eur)
        self._assert_revenue(lead, self.eur, 1000, 8000)

    def test_other_customer_with_and_without_amount(self):
        lead = self._create_lead(partner_id=self.customer_eur.id)
        lead.partner_id = self.customer_jpy
        self.assertEqual(lead.revenue_currency_id, self.jpy)
        lead.partner_id = self.customer_plain
        self.assertFalse(lead.revenue_currency_id)
        lead.partner_id = self.customer_eur
        lead.expected_revenue_customer = 500
        lead.partner_id = self.customer_jpy
        self._assert_revenue(lead, self.eur, 500, 4000)

    def test_conversion_with_new_customer(self):
        """An amount given before the customer was known stays in the books' currency;
        without one the new customer's currency is taken."""
        for amount, currency in ((700, self.env["res.currency"]), (0, self.eur)):
            lead = self._create_lead(
                type="lead", expected_revenue=amount, partner_name="New Client"
            )
            customer = self._create_customer("New Client", self.eur)
            lead.convert_opportunity(customer)
            self._assert_revenue(lead, currency, 0, amount)

    # === BY A PERSON === #

    def test_direct_edit_of_core_amount(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=12000
        )
        lead.write({"expected_revenue": 80000})
        self._assert_revenue(lead, self.eur, 10000, 80000)
        lead.expected_revenue = 0
        self._assert_revenue(lead, self.eur, 0, 0)

    def test_edit_of_both_lets_the_customer_amount_drive(self):
        lead = self._create_lead(partner_id=self.customer_eur.id)
        lead.write({"expected_revenue": 5, "expected_revenue_customer": 100})
        self._assert_revenue(lead, self.eur, 100, 800)

    def test_typed_amount_stays_where_the_customer_has_no_cents(self):
        """12.31 USD is 1,576 JPY, which is 12.3125 USD back: what was typed stays,
        alone and sent together with the other amount, as the form does."""
        lead = self._create_lead(
            partner_id=self.customer_jpy.id, company_id=self.company_us.id
        )
        lead.expected_revenue = 12.34
        self._assert_revenue(lead, self.jpy, 1580, 12.34)
        lead.write({"expected_revenue": 12.29, "expected_revenue_customer": 1573})
        self._assert_revenue(lead, self.jpy, 1573, 12.29)

    def test_three_decimals(self):
        lead = self._create_lead(
            partner_id=self.customer_kwd.id,
            company_id=self.company_us.id,
            expected_revenue_customer=10.123,
        )
        self._assert_revenue(lead, self.kwd, 10.123, 31.63)
        lead.expected_revenue = 31.65
        self._assert_revenue(lead, self.kwd, 10.128, 31.65)

    def test_books_without_cents(self):
        company = self.env["res.company"].create(
            {"name": "Chochin Books", "currency_id": self.jpy.id}
        )
        self.salesperson.company_ids += company
        lead = (
            self.env["crm.lead"]
            .with_context(allowed_company_ids=company.ids)
            .with_user(self.salesperson)
            .create(
                {
                    "name": "Lanterns",
                    "user_id": self.salesperson.id,
                    "company_id": company.id,
                    "revenue_currency_id": self.eur.id,
                    "expected_revenue_customer": 10.53,
                }
            )
        )
        self._assert_revenue(lead, self.eur, 10.53, 1685)

    def test_choosing_and_clearing_the_currency(self):
        lead = self._create_lead(expected_revenue=8000)
        lead.revenue_currency_id = self.eur
        self._assert_revenue(lead, self.eur, 1000, 8000)
        # another currency: the number is what the person means, its value moves
        lead.revenue_currency_id = self.usd
        self._assert_revenue(lead, self.usd, 1000, 6400)
        lead.revenue_currency_id = False
        self._assert_revenue(lead, self.env["res.currency"], 0, 6400)
        self.assertFalse(lead.revenue_rate)
        lead.expected_revenue = 1
        self._assert_revenue(lead, self.env["res.currency"], 0, 1)

    def test_books_currency_chosen_by_hand(self):
        lead = self._create_lead(
            revenue_currency_id=self.cny.id, expected_revenue_customer=50
        )
        self._assert_revenue(lead, self.cny, 50, 50)
        self.assertFalse(lead.revenue_rate_warning)

    def test_form(self):
        self.salesperson.group_ids += self.env.ref("base.group_multi_currency")
        Lead = self.env["crm.lead"].with_user(self.salesperson)
        with Form(Lead, view="crm.crm_lead_view_form") as form:
            form.name = "Lanterns"
            form.partner_id = self.customer_eur
            self.assertEqual(form.revenue_currency_id, self.eur)
            form.expected_revenue_customer = 12000
            self.assertEqual(form.expected_revenue, 96000)
            form.expected_revenue = 80000
            self.assertEqual(form.expected_revenue_customer, 10000)
        lead = form.record
        self._assert_revenue(lead, self.eur, 10000, 80000)
        with Form(lead, view="crm.crm_lead_view_form") as form:
            form.revenue_currency_id = self.usd
            self.assertEqual(form.expected_revenue, 64000)
            form.revenue_currency_id = self.env["res.currency"]
            self.assertEqual(form.expected_revenue, 64000)
            form.revenue_currency_id = self.eur
            self.assertEqual(form.expected_revenue_customer, 8000)
        self._assert_revenue(lead, self.eur, 8000, 64000)

    def test_form_without_the_multi_currency_group(self):
        """Who doesn't see currencies still gets the customer's."""
        self.env.ref("base.group_user").implied_ids -= self.env.ref(
            "base.group_multi_currency"
        )
        self.salesperson.group_ids -= self.env.ref("base.group_multi_currency")
        self.assertFalse(self.salesperson.has_group("base.group_multi_currency"))
        Lead = self.env["crm.lead"].with_user(self.salesperson)
        with Form(Lead, view="crm.crm_lead_view_form") as form:
            form.name = "Lanterns"
            form.partner_id = self.customer_eur
            form.expected_revenue = 8000
        self._assert_revenue(form.record, self.eur, 1000, 8000)

    def test_import(self):
        result = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .load(
                ["name", "partner_id/.id", "expected_revenue_customer"],
                [
                    ["One", str(self.customer_eur.id), "1000"],
                    ["Two", str(self.customer_jpy.id), "1600"],
                ],
            )
        )
        self.assertFalse(result["messages"])
        one, two = self.env["crm.lead"].browse(result["ids"])
        self._assert_revenue(one, self.eur, 1000, 8000)
        self._assert_revenue(two, self.jpy, 1600, 80)

    def test_amount_without_currency_is_refused(self):
        with self.assertRaisesRegex(UserError, "needs a currency"):
            self._create_lead(expected_revenue_customer=500)
        lead = self._create_lead(expected_revenue=10)
        with self.assertRaisesRegex(UserError, "needs a currency"):
            lead.expected_revenue_customer = 500
